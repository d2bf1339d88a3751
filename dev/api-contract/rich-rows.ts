/** Rows as the signer and the portal write them for what is rare: so that every member of an answer is shown with a value. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { documentLines } from '#core/inspection-report/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import {
  requestDenied,
  requestReceived,
  signIntent,
  type InspectionFacts,
  type OriginFacts,
} from '#core/wire/journal/index.ts';
import { receivedFacts, signingFacts } from '../../lib/core/wire/journal/examples.fixture.ts';
import type { openFoundation } from '../../lib/policy-changes/open-foundation.fixture.ts';
import { workOutVersions } from '../../lib/policy-versions/index.ts';
import type { RequestStep } from '../../lib/requests/index.ts';
import { commitAccepted } from '../foundation/index.ts';
import { addEntries, entryOf, findingOf, stepEntries, type SeededEntry } from '../seed/index.ts';
import { runCommand } from '../stack/index.ts';

const [signingIntent] = entryOf(signIntent(signingFacts));
const sourceCommit = 'c'.repeat(40);

type Established = Partial<OriginFacts & InspectionFacts>;

interface Asked {
  readonly project: string;
  readonly status: 'denied' | 'checking';
  readonly pass: number;
  readonly retryAt: string | null;
}

async function addRequest(owner: Client, { project, status, pass, retryAt }: Asked): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name, artifact_size_bytes,
       bundle_sha256, idempotency_key, submitted_by, submitted_at, parameters)
     VALUES ($1::uuid, $2, 'release-signing', $3, 'widget.zip', 1000, $4, $1::text, 'token:widget/ci by person:alex',
       '2026-11-01T00:00:00Z', $5)`,
    [id, project, receivedFacts.artifactSha256, receivedFacts.bundleSha256, { version: '1.2.3' }],
  );
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, policy_commit, source_commit, summary, retry_at, updated_at)
     VALUES ($1, $2, 'inspection', $3, $4, $5, 'See the findings.', $6, '2026-11-01T02:00:00Z')`,
    [id, status, pass, 'f'.repeat(40), sourceCommit, retryAt],
  );
  return id;
}

/** The entries of a step that established these facts. */
const stepWith = (
  pass: number,
  step: RequestStep,
  outcome: 'pass' | 'fail',
  findings: readonly unknown[],
  facts: Established = {},
): readonly SeededEntry[] =>
  stepEntries(pass, step, outcome, findings).map(([kind, body]) =>
    kind === 'step.finished' ? [kind, { ...(body as object), ...facts }] : [kind, body],
  );

/** Proven, inspected and approved in the first pass; in the second, under another policy, its files are refused. */
export async function addDeniedRequest(owner: Client, project: string): Promise<string> {
  const id = await addRequest(owner, { project, status: 'denied', pass: 2, retryAt: null });
  await owner.query(
    `INSERT INTO portal.removed_file (request_id, file, sha256, rule, days, removed_at)
     SELECT id, 'artifact', artifact_sha256, 'denied', 90, now() FROM portal.signing_request WHERE id = $1::uuid`,
    [id],
  );
  const inspected: Established = {
    configurationSha256: 'd'.repeat(64),
    entries: [
      {
        path: ['lib/part-1.dll'],
        type: 'file',
        sizeBytes: 481,
        sha256: parseSha256Hex('e'.repeat(64)),
        facts: { type: 'pe', signed: false, kind: 'library', texts: { ProductName: 'Widget' } },
      },
    ],
  };
  const origin = ['origin.signature', 'origin.digest'].map((rule) => findingOf(rule, 1));
  const established: Established = {
    claims: { sourceRepositoryDigest: sourceCommit },
    attestation: 'provenance',
    integratedAt: '2026-11-01T00:00:00.000Z',
  };
  const approved = { ...findingOf('approval.submission', 1), found: 'demo-approver' };
  await addEntries(owner, id, [
    entryOf(requestReceived({ ...receivedFacts, project })),
    ...stepWith(1, 'origin', 'pass', origin, established),
    ...stepWith(1, 'inspection', 'pass', [findingOf('inspection.file', 1)], inspected),
    ...stepWith(1, 'scan', 'pass', [findingOf('scan.clean', 1)]),
    ...stepWith(1, 'approval', 'pass', [approved]),
    ...stepWith(2, 'origin', 'pass', origin, established),
    ...stepWith(2, 'inspection', 'fail', [findingOf('inspection.unexpected', 1, 'fail')], inspected),
    entryOf(requestDenied({ pass: 2, step: 'inspection', summary: 'A file that nobody expects.' })),
  ]);
  await owner.query(
    `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by, submitted_at)
     VALUES ($1, $2, '{"decision":"approve"}', 'x', 'person:demo-approver', '2026-11-01T01:00:00Z')`,
    [randomUUID(), id],
  );
  return id;
}

/** More passes than an answer lists; the signer goes on trying. Some entries are damaged. */
export async function addRetryingRequest(owner: Client, project: string): Promise<string> {
  const passes = Array.from({ length: 23 }, (_, index) => index + 1);
  const retryAt = '2026-11-01T03:00:00Z';
  const id = await addRequest(owner, { project, status: 'checking', pass: passes.length, retryAt });
  await addEntries(owner, id, [
    entryOf(requestReceived({ ...receivedFacts, project })),
    ...passes.flatMap((pass) => [
      ...stepEntries(pass, 'scan', 'retry', [findingOf('scan.unavailable', 1)]),
      [signingIntent, 'not JSON'] as const,
    ]),
  ]);
  return id;
}

/** Decided applications: as many as it takes for a median. */
export async function addReviews(owner: Client): Promise<void> {
  await owner.query(
    `WITH application AS (
       INSERT INTO portal.application (applicant_id, applicant_name, status, answers, suggestions, program, name, slug, created_at,
         updated_at, submitted_at)
       SELECT n::text, 'Applicant ' || n, 'accepted', '{}', '{}', 'executables', 'Widget ' || n, 'widget-' || n, now(), now(), now()
         FROM generate_series(1, 4) AS n
       RETURNING id)
     INSERT INTO portal.review (application_id, kind, state, program, reviewers_needed, opened_at, due_at, closed_at, outcome)
     SELECT id, 'first', 'closed', 'executables', 2, now() - interval '5 days', now(), now(), 'accepted' FROM application`,
  );
}

/** A commit that tightens a policy of the project, accepted by the signer and compared by the portal. */
export async function acceptTighterPolicy(
  foundation: Awaited<ReturnType<typeof openFoundation>>,
  project: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-tighter-'));
  try {
    const archive = `git --git-dir '${foundation.repository}' archive main | tar -x -C '${folder}'`;
    await runCommand('sh', ['-c', archive]);
    const file = join(folder, `projects/${project}/policies/release-signing.yaml`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(', workflow_dispatch', ''));
    const commit = await commitAccepted(foundation, folder, 'Releases are built from tags and pushes alone');
    const accepted = await foundation.signer.refresh();
    const problems = await workOutVersions(foundation.portal);
    if (accepted.commit !== commit || problems.length > 0)
      throw new Error(`not accepted: ${problems.join()}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A report in which every member has a value; the portal reads its octets from the store. */
function reportOf(request: string): string {
  const digest = parseSha256Hex('ab'.repeat(32));
  return [
    ...documentLines({
      head: {
        kind: 'countersign-inspection-report',
        version: 1,
        request,
        artifact: { name: 'widget.zip', sha256: digest, sizeBytes: 1000 },
        configurationSha256: digest,
        reached: 'scan',
        passed: true,
        whole: true,
        counts: {
          files: 1,
          directories: 0,
          unexpected: 0,
          toBeSigned: 1,
          notSeenInside: 1,
          notScanned: 0,
          infected: 0,
        },
      },
      entries: [
        {
          path: ['widget.exe'],
          type: 'file',
          role: 'expected',
          sizeBytes: 481,
          sha256: digest,
          detected: 'pe',
          formats: ['7z archive'],
          element: {
            pointer: '/root/contents/0',
            type: 'pe',
            path: 'widget.exe',
            line: { file: 'projects/widget/artifacts/release.yaml', line: 7, column: 5 },
          },
          facts: { kind: 'program', texts: { ProductName: 'Widget' }, signed: true },
          signatures: [
            {
              method: 'Authenticode',
              signer: 'Upstream',
              issuer: 'Upstream root',
              certificateSha256: digest,
              signedAt: '2026-11-01T00:00:00.000Z',
              standing: 'verified',
            },
          ],
          scan: { outcome: 'covered', detail: 'a limit was reached' },
          notSeen: [{ place: 'data.7z', format: '7z archive', message: 'It is a 7z archive.' }],
          notSeenCount: 1,
          opaque: 'Made by upstream.',
          sign: 'Authenticode',
          refusedBy: ['scan.not-scanned'],
          warnedBy: ['follow.stale'],
          rewritten: { fields: 2, of: ['widget.exe'], ofCount: 1 },
        },
      ],
    }),
  ].join('');
}

/** `note`: null, not signed yet. */
export async function addReport(owner: Client, request: string, note: string | null): Promise<string> {
  const document = reportOf(request);
  const { head } = JSON.parse(document) as { readonly head: unknown };
  await owner.query(
    `INSERT INTO signer.inspection_report (request_id, project, configuration, sha256, size_bytes, head, made_at, note, signed_at)
     VALUES ($1, 'widget', 'projects/widget/artifacts/release.yaml', $2, $3, $4, '2026-11-01T00:00:00Z', $5::text,
       CASE WHEN $5::text IS NULL THEN NULL ELSE '2026-11-01T00:01:00Z'::timestamptz END)`,
    [
      request,
      createHash('sha256').update(document).digest('hex'),
      Buffer.byteLength(document),
      JSON.stringify(head),
      note,
    ],
  );
  return document;
}
