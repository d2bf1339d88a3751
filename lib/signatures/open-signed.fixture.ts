/** A database with what was signed and released, a policy that revokes, and certificates in a folder. For tests. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { writeRegistry, type CertificateOfTest } from '../certificates/registry.fixture.ts';
import { parseCommitSha, parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { changed, type Edits } from '#core/policy/plan/snapshots.fixture.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

export const now = new Date('2026-11-27T12:00:00Z');
export const project = 'esbuild-demo';

/** `timestampedAt` null: without a timestamp. */
export interface SignedFile {
  readonly serial: string;
  readonly timestampedAt: string | null;
  readonly sha256?: string;
  /** In the artifact, a program by default; empty: the artifact itself is signed. */
  readonly path?: string;
}

export const certificate = (serial: string, more: Partial<CertificateOfTest> = {}): CertificateOfTest => ({
  serial,
  project,
  name: 'release',
  purpose: 'release',
  validFrom: new Date('2025-01-01'),
  validTo: new Date('2027-11-27'),
  ...more,
});

/** The file that revokes a certificate, as an edit of the seed. */
export const revoking = (serial: string, effectiveAt: string, reason = 'privilegeWithdrawn'): Edits => ({
  [`revocations/${serial}.yaml`]: `apiVersion: countersign/v1
kind: Revocation
serial: ${serial}
project: ${project}
certificate: release
trigger: malware
reason: ${reason}
effectiveAt: '${effectiveAt}'
statement: A build was tampered with.
`,
});

const timeOf = (minutes: number): Date => new Date(Date.parse('2026-11-01T00:00:00Z') + minutes * 60_000);

export async function openSigned() {
  const urls = await testDatabase();
  const db = openDatabase({ url: urls.portal });
  const owner = new Client({ connectionString: urls.owner });
  await owner.connect();
  const folder = await testFolder('signed');
  let snapshot = changed({});
  let commits = 0;
  let minutes = 0;
  const ctx = {
    db,
    now: () => now,
    config: { keysDir: folder.folder, publicUrl: 'https://a.example' },
    policies: {
      at: () => Promise.resolve({ files: new Map(), snapshot }),
      partAt: () => Promise.resolve(snapshot),
      treesOf: (commits: readonly string[]) => Promise.resolve(commits.map(() => null)),
    },
    actor: { kind: 'public' },
  } as unknown as Context;

  return {
    ctx,
    urls,
    folder: folder.folder,
    snapshot: () => snapshot,
    issue: (...all: readonly CertificateOfTest[]) => writeRegistry(folder.folder, all),
    /** Makes the seed with these edits the policy in force. */
    async accept(edits: Edits): Promise<void> {
      commits += 1;
      const commit = parseCommitSha(commits.toString(16).padStart(40, '0'));
      snapshot = { ...changed(edits), commit };
      await owner.query(
        `INSERT INTO signer.accepted_snapshot (commit, parent, accepted_at, signers)
         VALUES ($1, NULL, '2026-11-27T08:00:00Z', '{demo-maintainer}')`,
        [commit],
      );
    },
    /** When the last release was. */
    time: () => timeOf(minutes),
    passMinutes(more: number): void {
      minutes += more;
    },
    /** Each release is a minute newer than the one before. */
    async release(
      files: readonly SignedFile[],
      policy = 'release-signing',
      slug = project,
      artifactSha256 = 'b'.repeat(64),
    ): Promise<RequestId> {
      const id = randomUUID();
      minutes += 1;
      const at = timeOf(minutes);
      await owner.query(
        `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
           artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
         VALUES ($1::uuid, $2, $3, $4, 'a.zip', 1, $1::text, 'ci', $5)`,
        [id, slug, policy, 'c'.repeat(64), at],
      );
      await owner.query(
        `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
         VALUES ($1, 'completed', 'release', 1, 'Signed.', $2)`,
        [id, at],
      );
      for (const [index, { serial, timestampedAt, sha256 = 'a'.repeat(64), path }] of files.entries()) {
        await owner.query(
          `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
             certificate_sha256, timestamped_at, signed_at) VALUES ($1, $2, $3, $4, $5, $6, $4, $7, $8)`,
          [
            ...[
              randomUUID(),
              id,
              path ?? `${index}.exe`,
              'e'.repeat(64),
              sha256,
              serial.toUpperCase(),
              timestampedAt,
              at,
            ],
          ],
        );
      }
      await owner.query(
        `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
         VALUES ($1, $2, 1, 'a.zip', $3)`,
        [id, artifactSha256, at],
      );
      return parseRequestId(id);
    },
    clear: () =>
      owner.query(
        'TRUNCATE signer.signature, signer.release, signer.request_state, portal.signing_request CASCADE',
      ),
    async close(): Promise<void> {
      await owner.end();
      await db.$disconnect();
      await urls.release();
      await folder.release();
    },
  };
}
