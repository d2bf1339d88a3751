/** A request of many files, with the journal that a signer writes: one pass that waited for approval, one that released. Rows only. */
import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import {
  requestReceived,
  requestReleased,
  signDone,
  signIntent,
  stepStarted,
  type WrittenEvent,
} from '#core/wire/journal/index.ts';
import { receivedFacts, releasedFacts, signingFacts } from '../../lib/core/wire/journal/examples.fixture.ts';
import { requestSteps } from '../../lib/requests/index.ts';
import type { RequestStep } from '../../lib/requests/index.ts';

/** An entry of the journal, besides what chains it. */
export type SeededEntry = readonly [kind: string, body: unknown];

/** As the signer writes it. */
export const entryOf = ({ kind, body }: WrittenEvent): SeededEntry => [kind, body];

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a check says of a file of a release. */
export const findingOf = (rule: string, index: number, outcome: 'pass' | 'fail' | 'info' = 'pass') => ({
  rule,
  outcome,
  message: `lib/part-${index}.dll is as the artifact configuration says.`,
  expected: 'a PE file of the product Widget',
  found: `a PE file, 48,${index} bytes`,
  fix: outcome === 'fail' ? 'Build it from the sources, or take it out of the release.' : null,
  policy: { file: 'projects/widget/artifacts/windows.yaml', line: 12, column: 5 },
  path: ['widget.zip', `lib/part-${index}.dll`],
  sha256: hashOf(String(index)),
});

/** The two entries of a step. */
export const stepEntries = (
  pass: number,
  step: RequestStep,
  outcome: 'pass' | 'fail' | 'waiting' | 'retry',
  findings: readonly unknown[] = [],
): readonly SeededEntry[] => [
  entryOf(stepStarted({ pass, step })),
  [
    'step.finished',
    {
      durationMs: 40,
      findings,
      outcome,
      pass,
      step,
      ...(outcome === 'retry' ? { attempt: 1, attemptsMax: 9, retryAt: '2026-11-01T00:01:00.000Z' } : {}),
    },
  ],
];

/** Adds entries to a request's journal; their hashes chain nothing. */
export async function addEntries(
  owner: Client,
  requestId: string,
  entries: readonly SeededEntry[],
): Promise<void> {
  // An entry that is text already is what a damaged journal could hold.
  const bodies = entries.map(([, body]) => (typeof body === 'string' ? body : JSON.stringify(body)));
  await owner.query(
    `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
     SELECT (SELECT coalesce(max(seq), 0) FROM signer.journal) + n, '2026-11-01T00:00:00Z'::timestamptz + n * interval '1 second',
            $1::uuid, kind, body, repeat('0', 64), encode(sha256(($1 || ' ' || gen_random_uuid())::bytea), 'hex')
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS entry(kind, body, n)`,
    [requestId, entries.map(([kind]) => kind), bodies],
  );
}

/** A released request of so many files → its id. A step lists at most `findingsMax`, as the signer does. */
export async function addLargeRequest(
  owner: Client,
  files: number,
  project = 'project-00001',
  findingsMax = files,
): Promise<string> {
  const id = randomUUID();
  const all = Array.from({ length: files }, (_, index) => index);
  await owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name, artifact_size_bytes,
       idempotency_key, submitted_by, submitted_at)
     VALUES ($1::uuid, $2, 'release-signing', $3, 'widget.zip', 1000000, $1::text, 'token:seed', '2026-11-01T00:00:00Z')`,
    [id, project, hashOf(id)],
  );
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
     VALUES ($1, 'completed', 'release', 2, 'Signed and released.', '2026-11-01T02:00:00Z')`,
    [id],
  );
  const walk = (pass: number, steps: readonly RequestStep[]): readonly SeededEntry[] =>
    steps.flatMap((step) => {
      const many = step === 'inspection' || step === 'scan' || step === 'verification';
      const findings = (many ? all.slice(0, findingsMax) : [0]).map((index) =>
        findingOf(`${step}.file`, index),
      );
      return stepEntries(pass, step, 'pass', findings);
    });
  const [before, after] = [requestSteps.slice(0, 5), requestSteps.slice(0, 7)];
  const signing = all.flatMap((index): SeededEntry[] => {
    const facts = {
      ...signingFacts,
      pass: 2,
      path: ['widget.zip', `lib/part-${index}.dll`],
      unsignedSha256: hashOf(`u${index}`),
    };
    return [
      entryOf(signIntent(facts)),
      entryOf(signDone({ ...facts, signatureSha256: hashOf(`s${index}`) })),
    ];
  });
  await addEntries(owner, id, [
    entryOf(requestReceived({ ...receivedFacts, project })),
    ...walk(1, before),
    ...stepEntries(1, 'approval', 'waiting', [findingOf('approval.quorum', 0, 'info')]),
    ...walk(2, after),
    ...stepEntries(2, 'signing', 'pass').slice(0, 1),
    ...signing,
    ...stepEntries(2, 'signing', 'pass').slice(1),
    ...walk(2, ['verification', 'release']),
    entryOf(requestReleased({ ...releasedFacts, pass: 2, artifactSha256: hashOf(`r${id}`) })),
  ]);
  await owner.query(
    `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
       certificate_sha256, timestamped_at, signed_at)
     SELECT gen_random_uuid(), $1::uuid, 'widget.zip!/lib/part-' || lpad(n::text, 6, '0') || '.dll', encode(sha256(('u' || n)::bytea), 'hex'),
            encode(sha256(('s' || n || $1::text)::bytea), 'hex'), '01', repeat('0', 64), '2026-11-01T01:00:00Z', '2026-11-01T01:00:00Z'
       FROM generate_series(1, $2::int) AS n`,
    [id, files],
  );
  await owner.query(
    `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
     VALUES ($1, $2, 1000000, 'widget-signed.zip', '2026-11-01T02:00:00Z')`,
    [id, hashOf(`r${id}`)],
  );
  return id;
}
