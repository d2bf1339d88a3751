/** A foundation after some years: hundreds of projects, thousands of requests. For the demo and for benchmarks. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { policyFiles } from '../../bench/policy-repository.ts';

export { addEntries, addLargeRequest, entryOf, findingOf, stepEntries } from './large-request.ts';
export type { SeededEntry } from './large-request.ts';

export interface SeedSize {
  readonly projects: number;
  readonly requests: number;
  readonly applications: number;
  /** Slug of a project that makes every third request; otherwise all make about as many. */
  readonly busiest?: string;
}

export const defaultSize: SeedSize = { projects: 500, requests: 5_000, applications: 600 };

/** Adds projects and their people to a working copy of the policy repository, beside what is there. */
export async function addProjects(folder: string, { projects }: SeedSize): Promise<void> {
  for (const [path, text] of policyFiles(projects)) {
    const file = join(folder, path);
    // The foundation's own files stay as they are.
    if (!/^(?:projects|people)\//.test(path) || existsSync(file)) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/**
 * Fills the database of `ownerUrl`, once: requests of the last years in every state (only the newest wait), with releases and signatures
 * of those that ended well; applications and their reviews. Rows only: nothing of it was ever signed.
 */
export async function fillDatabase(ownerUrl: string, size: SeedSize): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM portal.signing_request');
    if (Number(rows[0]?.count ?? 0) >= size.requests) return;
    await client.query('BEGIN');
    await client.query(requestRows, [size.requests, size.projects, size.busiest ?? null]);
    await client.query(stateRows);
    await client.query(releaseRows);
    await client.query(signatureRows);
    await client.query(applicationRows, [size.applications]);
    await client.query(reviewRows);
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

/** Of a project's certificate, by its number among the project's; signatures of seeded requests are by the first. 16 octets. */
export const seededSerial = (project: string, index = 0): string =>
  `7f${createHash('sha256').update(`${project} ${index}`).digest('hex').slice(0, 30)}`;

const requestRows = `
  INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name, artifact_size_bytes,
                                      idempotency_key, submitted_by, submitted_at)
  SELECT gen_random_uuid(),
         CASE WHEN $3::text IS NOT NULL AND n % 3 = 0 THEN $3 ELSE 'project-' || lpad((n::bigint * 7919 % $2)::text, 5, '0') END,
         'release-signing',
         encode(sha256(('artifact ' || n)::bytea), 'hex'), 'program-' || n || '.zip', 1000000 + n * 313,
         'seed ' || n, 'token:seed', now() - n * least(interval '3 hours', interval '3 years' / $1::int)
    FROM generate_series(1, $1::int) AS n`;

const stateRows = `
  INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
  SELECT id, status, CASE status WHEN 'completed' THEN 'release' WHEN 'denied' THEN 'scan' WHEN 'failed' THEN 'signing' ELSE 'approval' END, 1,
         CASE status WHEN 'completed' THEN 'Signed and released.' WHEN 'denied' THEN 'The artifact contains malware.'
                     WHEN 'failed' THEN 'The signature could not be made.' ELSE 'Waiting for approvals.' END,
         submitted_at + interval '20 minutes'
    FROM (SELECT *, CASE WHEN hash < 78 THEN 'completed' WHEN hash < 94 THEN 'denied'
                         WHEN place <= 5000 THEN 'waiting-for-approval' ELSE 'failed' END AS status
            FROM (SELECT *, abs(hashtext(idempotency_key)) % 100 AS hash, substr(idempotency_key, 6)::int AS place
                    FROM portal.signing_request WHERE submitted_by = 'token:seed') AS hashed) AS judged`;

const releaseRows = `
  INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
  SELECT request.id, encode(sha256(('signed ' || request.id)::bytea), 'hex'), artifact_size_bytes, artifact_name, updated_at
    FROM portal.signing_request AS request
    JOIN signer.request_state AS state ON state.request_id = request.id
   WHERE submitted_by = 'token:seed' AND status = 'completed'`;

const signatureRows = `
  INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
                                certificate_sha256, timestamped_at, signed_at)
  SELECT gen_random_uuid(), request_id, 'program.exe', encode(sha256(('u' || request_id)::bytea), 'hex'),
         encode(sha256(('s' || request_id)::bytea), 'hex'),
         '7F' || upper(left(encode(sha256((project_slug || ' 0')::bytea), 'hex'), 30)), repeat('0', 64), released_at, released_at
    FROM signer.release
    JOIN portal.signing_request AS request ON request.id = request_id
   WHERE submitted_by = 'token:seed'`;

const applicationRows = `
  INSERT INTO portal.application (applicant_id, applicant_name, status, answers, suggestions, program, name, slug,
                                  created_at, updated_at, submitted_at)
  SELECT (700000000 + n)::text, 'Applicant ' || n,
         CASE WHEN n % 10 < 5 THEN 'rejected' WHEN n % 10 < 8 THEN 'withdrawn' ELSE 'submitted' END, '{}', '{}',
         CASE n % 3 WHEN 0 THEN 'components' ELSE 'executables' END, 'Hopeful ' || n, 'hopeful-' || n,
         now() - n * interval '1 day', now() - n * interval '12 hours', now() - n * interval '20 hours'
    FROM generate_series(1, $1::int) AS n`;

const reviewRows = `
  INSERT INTO portal.review (application_id, kind, state, program, reviewers_needed, opened_at, due_at, closed_at, outcome)
  SELECT id, 'first', CASE status WHEN 'submitted' THEN 'waiting' ELSE 'closed' END, program,
         CASE program WHEN 'components' THEN 1 ELSE 2 END, submitted_at, submitted_at + interval '14 days',
         CASE status WHEN 'submitted' THEN NULL ELSE updated_at END,
         CASE status WHEN 'submitted' THEN NULL ELSE status END
    FROM portal.application WHERE applicant_id LIKE '7000%'`;
