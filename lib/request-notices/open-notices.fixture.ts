/** A database with requests whose way the test writes as the signer would, people with keys, and a portal that tells. For tests. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { addEntries, entryOf, stepEntries } from '../../dev/seed/index.ts';
import { person } from '#core/approval/approval.fixture.ts';
import {
  parseCommitSha,
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
} from '#core/ids/index.ts';
import type { CommitSha, RequestId } from '#core/ids/index.ts';
import type { ApprovalStatement } from '#core/approval/index.ts';
import { changed, seed, type Edits } from '#core/policy/plan/snapshots.fixture.ts';
import { canonicalJson } from '#core/json/index.ts';
import { releasedFacts } from '#core/wire/journal/examples.fixture.ts';
import {
  requestDenied,
  requestFailed,
  requestReleased,
  stepFinished,
  stepStarted,
} from '#core/wire/journal/index.ts';
import { withApprovalKeys } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { decode } from '#core/policy/seed.fixture.ts';
import type { Portal } from '../platform/portal/index.ts';
import { openSigned } from '../signatures/open-signed.fixture.ts';

/** Two approvers have to agree there. */
export const project = 'zip-demo';
export const policyFile = `projects/${project}/policies/release-signing.yaml`;
export const accounts = { maintainer: '900001', approver: '900002', reviewer: '900003' } as const;
export const artifactSha256 = 'c'.repeat(64);
export const sourceCommit = 'd'.repeat(40);
export const byToken = `token:${project}/ci by person:demo-reviewer`;

export const approvers = { alex: person('demo-approver'), mara: person('demo-maintainer') };

const minuteMilliseconds = 60_000;

export async function openNotices() {
  const signed = await openSigned();
  await signed.issue();
  const owner = new Client({ connectionString: signed.urls.owner });
  await owner.connect();
  let minutes = 0;
  const snapshots = new Map<string, PolicySnapshot>();
  const ctx = {
    ...signed.ctx,
    now: () => new Date(signed.ctx.now().getTime() + minutes * minuteMilliseconds),
    config: { ...signed.ctx.config, mail: { smtp: 'smtp://127.0.0.1', from: 'a@a.example' } },
    policies: {
      ...signed.ctx.policies,
      at: (commit: CommitSha) =>
        Promise.resolve({ files: new Map(), snapshot: snapshots.get(commit) ?? changed({}) }),
      partAt: (commit: CommitSha) => Promise.resolve(snapshots.get(commit) ?? changed({})),
    },
  } as unknown as Portal;
  const keysOf = (handle: string, keys: readonly string[]): string =>
    decode(withApprovalKeys(seed.get(`people/${handle}.yaml`) ?? new Uint8Array(), keys));
  const keys: Edits = {
    'people/demo-approver.yaml': keysOf('demo-approver', approvers.alex.approver.keys),
    'people/demo-maintainer.yaml': keysOf('demo-maintainer', approvers.mara.approver.keys),
  };
  const states = {
    set: (id: RequestId, status: string, summary: string, more: { readonly retries?: number } = {}) =>
      owner.query(
        `INSERT INTO signer.request_state (request_id, status, step, pass, policy_commit, source_commit, summary, retries, updated_at)
         VALUES ($1, $2, 'approval', 1, $3, $4, $5, $6, now())
         ON CONFLICT (request_id) DO UPDATE SET status = $2, policy_commit = $3, summary = $5, retries = $6, updated_at = now()`,
        [id, status, commit, sourceCommit, summary, more.retries ?? 0],
      ),
  };
  let commit: CommitSha = parseCommitSha('0'.repeat(40));

  return {
    ctx,
    owner,
    ownerUrl: signed.urls.owner,
    commit: () => commit,
    snapshot: () => snapshots.get(commit) ?? changed({}),
    pass(more: number): void {
      minutes += more;
    },
    async accept(edits: Edits): Promise<void> {
      await signed.accept({ ...keys, ...edits });
      commit = signed.snapshot().commit;
      snapshots.set(commit, signed.snapshot());
    },
    async ask(name = 'widget.zip', submittedBy = byToken): Promise<RequestId> {
      const id = parseRequestId(randomUUID());
      await owner.query(
        `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
           artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
         VALUES ($1::uuid, $2, 'release-signing', $3, $4, 1, $1::text, $5, now())`,
        [id, project, artifactSha256, name, submittedBy],
      );
      return id;
    },
    /** As the signer leaves a request: its entries, and where it stands. */
    async waits(id: RequestId): Promise<void> {
      await states.set(id, 'waiting-for-approval', 'Waiting for approval.');
      await addEntries(owner, id, stepEntries(1, 'approval', 'waiting'));
    },
    async isSigned(id: RequestId): Promise<void> {
      await states.set(id, 'signing', 'Signing on the HSM.');
      const entries = [...stepEntries(2, 'approval', 'pass'), ...stepEntries(2, 'recheck', 'pass')];
      await addEntries(owner, id, [...entries, entryOf(stepStarted({ pass: 2, step: 'signing' }))]);
    },
    async isReleased(id: RequestId): Promise<void> {
      await states.set(id, 'completed', 'Signed and released.');
      await owner.query(
        `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
           certificate_sha256, timestamped_at, signed_at) VALUES ($1, $2, 'widget.zip!/widget.exe', $3, $4, '01', $3, now(), now())`,
        [randomUUID(), id, 'e'.repeat(64), 'a'.repeat(64)],
      );
      await owner.query(
        `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
         VALUES ($1, $2, 1, 'widget.zip', now())`,
        [id, 'b'.repeat(64)],
      );
      await addEntries(owner, id, [entryOf(requestReleased({ ...releasedFacts, pass: 2 }))]);
    },
    async isDenied(id: RequestId, findings: readonly unknown[] = []): Promise<void> {
      await states.set(id, 'denied', 'The artifact contains malware.');
      const denied = entryOf(requestDenied({ pass: 1, step: 'scan', summary: 'x' }));
      await addEntries(owner, id, [...stepEntries(1, 'scan', 'fail', findings), denied]);
    },
    async hasFailed(id: RequestId): Promise<void> {
      await states.set(id, 'failed', 'Gave up after 200 attempts.');
      await addEntries(owner, id, [entryOf(requestFailed({ pass: 1, step: 'scan', summary: 'x' }))]);
    },
    /** `minutesAgo`: of the first of the attempts in a row. */
    async isDelayed(id: RequestId, minutesAgo: number): Promise<void> {
      await states.set(id, 'checking', 'Waiting for the scanner: nobody answers.', { retries: 3 });
      await owner.query(
        `INSERT INTO signer.open_request (request_id, claimed_project, project, seen_at, waiting, due_at)
         VALUES ($1, $2, $2, now(), false, now()) ON CONFLICT DO NOTHING`,
        [id, project],
      );
      const at = new Date(ctx.now().getTime() - minutesAgo * minuteMilliseconds);
      for (const attempt of [1, 2]) {
        const { body: members } = stepFinished({
          pass: attempt,
          step: 'scan',
          outcome: 'retry',
          durationMs: 1,
          findings: [],
          attempt,
          attemptsMax: 9,
          retryAt: ctx.now().toISOString(),
        });
        const body = canonicalJson(members);
        await owner.query(
          `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
           SELECT coalesce(max(seq), 0) + 1, $2, $1, 'step.finished', $3, repeat('0', 64), $4 FROM signer.journal`,
          [id, new Date(at.getTime() + attempt - 1), body, randomUUID()],
        );
      }
    },
    /** Signed, and seen by the signer. */
    async decide(
      id: RequestId,
      by: typeof approvers.alex,
      more: Partial<ApprovalStatement> = {},
    ): Promise<void> {
      const { statement, signature } = by.decide({
        request: id,
        project: parseProjectSlug(project),
        policy: parsePolicySlug('release-signing'),
        artifactSha256: parseSha256Hex(artifactSha256),
        policyCommit: commit,
        sourceCommit: parseCommitSha(sourceCommit),
        submittedBy: byToken,
        expiresAt: new Date(ctx.now().getTime() + 24 * 3600 * 1000).toISOString(),
        ...more,
      });
      await owner.query(
        `INSERT INTO signer.approval_decision (request_id, key_fingerprint, statement_sha256, decision, statement, signature,
           expires_at, seen_at) VALUES ($1, $2, $3, 'approve', $4, $5, now(), now())`,
        [id, by.approver.handle, randomUUID(), statement, signature],
      );
    },
    messages: () => ctx.db.notification.findMany({ orderBy: { id: 'asc' } }),
    async clear(): Promise<void> {
      await signed.clear();
      await owner.query(
        `TRUNCATE portal.notification, portal.request_notice, portal.notification_choice, signer.approval_decision,
           signer.open_request`,
      );
    },
    async close(): Promise<void> {
      await owner.end();
      await signed.close();
    },
  };
}
