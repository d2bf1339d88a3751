/** Two portals over real databases: one of a foundation with people and keys, one where much was signed and something revoked. */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { approvalNamespace, stopStatement, tokenCommand, type TokenCommand } from '#core/approval/index.ts';
import type { Edits } from '#core/policy/plan/snapshots.fixture.ts';
import { parseProjectSlug, parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import { serials as ownKeys, writeOwnKeys } from '../../lib/certificates/own-keys.fixture.ts';
import { createToken, runTokenCommand } from '../../lib/api-tokens/index.ts';
import { bearerActor } from '../../lib/platform/auth/index.ts';
import { readStatement } from '../../lib/approvals/index.ts';
import { openFoundation } from '../../lib/policy-changes/open-foundation.fixture.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { openReceived, openReleased } from '../../lib/platform/storage/index.ts';
import { certificate, openSigned, revoking } from '../../lib/signatures/open-signed.fixture.ts';
import { addLargeRequest } from '../seed/index.ts';
import { openBuilds } from './builds.ts';
import { uploadsOf } from './uploads.ts';
import { openFetching } from './fetching.ts';
import { openBrokenPortals } from './broken-portals.ts';
import {
  acceptTighterPolicy,
  addDeniedRequest,
  addReport,
  addRetryingRequest,
  addReviews,
} from './rich-rows.ts';

export const project = 'esbuild-demo';
const namespaces = { approval: approvalNamespace, stop: 'countersign-stop', token: 'countersign-token' };
const [kept, revoked] = ['5a3c01', '5a3c02'];
const revokedSince = '2026-11-20T00:00:00Z';
/** As its rows have it. */
const ofLargeRequest = '01';
const notice = `revocations/${revoked}.yaml`;
/** The policy in force with everything that a project and a revocation may say. */
const detailed: Edits = {
  ...revoking(ownKeys.raw, revokedSince),
  [notice]: `${revoking(revoked, revokedSince)[notice] as string}noticedAt: '2026-11-26T00:00:00Z'
advisory: https://widget.example/advisory
reinstated:
  decidedAt: '2026-11-27T00:00:00Z'
  statement: The build system is another one now.
`,
  [`projects/${project}/project.yaml`]: [
    ['homepage:', 'download: https://widget.example/download\nhomepage:'],
    ['  approvers: [demo-approver]', '  approvers: [demo-approver]\n  configurators: [demo-maintainer]'],
    [
      '  collectsData: false',
      '  policy: https://widget.example/privacy\nsystemChanges:\n  description: https://widget.example/changes',
    ],
  ],
};
export const sha256Of = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');

export async function openWorld() {
  const foundation = await openFoundation();
  const owner = new Client({ connectionString: foundation.ownerUrl });
  await owner.connect();
  const { portal } = foundation;
  const secrets = join(dirname(portal.config.keysDir), 'secrets');
  const maintainer = await foundation.as('demo-maintainer');
  const tokenOf = async (slug: string): Promise<string> => {
    const asked = { project: parseProjectSlug(slug), name: 'ci', policies: [], days: 90, id: randomUUID() };
    return (await createToken({ ctx: maintainer, input: asked })).token;
  };
  const token = await tokenOf(project);
  /** From another network, by a token that nobody else uses. */
  const used = { project: parseProjectSlug(project), name: 'used', policies: [], days: 90, id: randomUUID() };
  const { token: usedToken } = await createToken({ ctx: maintainer, input: used });
  await bearerActor(portal, `Bearer ${usedToken}`, '192.0.2.7');
  await acceptTighterPolicy(foundation, project);

  /** With the key that this person of the seed has. */
  const signed = (who: string, what: keyof typeof namespaces, statement: string) => {
    const key = join(secrets, `ssh-${who}`);
    const signature = execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', namespaces[what], '-f', key], {
      input: statement,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return { statement, signature };
  };

  /** A request that the signer says is in this state. */
  async function requestIn(
    status: 'waiting-for-approval' | 'denied',
    submittedBy = 'person:demo-maintainer',
  ): Promise<string> {
    const id = randomUUID();
    await owner.query(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by, parameters)
       VALUES ($1::uuid, $2, 'release-signing', $3, 'a.zip', 1, $1::text, $4, $5)`,
      [id, project, 'ab'.repeat(32), submittedBy, { version: '1.2.3' }],
    );
    await owner.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, policy_commit, source_commit, summary, updated_at)
       VALUES ($1, $2, 'approval', 1, $3, $4, '', now())`,
      [id, status, foundation.initialCommit, 'c'.repeat(40)],
    );
    return id;
  }

  await owner.query(
    // Seen so late that they work however slow this machine is: one has the stop, one doesn't know it yet, one has lifted it.
    `INSERT INTO signer.presence SELECT signer, $1::uuid, now(), now() + interval '1 hour', seq, stops::jsonb
       FROM (VALUES ('one', 7, $2), ('two', 1, '[]'), ('three', 7, '[]')) AS row(signer, seq, stops)`,
    [
      randomUUID(),
      JSON.stringify([
        {
          digest: 'a'.repeat(64),
          seq: '3',
          project,
          reason: 'A drill.',
          at: '2026-11-28T08:00:00.000Z',
          by: 'demo-approver',
          given: 'host one',
          confirmedAt: '2026-11-28T08:00:01.000Z',
        },
      ]),
    ],
  );

  await owner.query(
    `INSERT INTO signer.signer_health (signer_id, component, state, detail, checked_at)
     VALUES ('one', 'signer', 'ok', 'works', now() + interval '1 hour')`,
  );

  const history = await openHistory();
  const otherToken = await tokenOf('zip-demo');
  const broken = await openBrokenPortals(portal);
  const builds = await openBuilds(portal);
  const fetching = await openFetching(portal);
  return {
    portal,
    history: history.portal,
    requests: history.requests,
    token,
    /** Of another project. */
    otherToken,
    broken,
    builds,
    uploads: uploadsOf(owner, portal, otherToken),
    fetching,
    signed,
    /** What has to be signed to approve a request. */
    statement: async (id: string) =>
      readStatement({ ctx: foundation.public, input: { id: parseRequestId(id), decision: 'approve' } }),
    /** Carries a command out. */
    done: (command: { readonly statement: string; readonly signature: string }) =>
      runTokenCommand({ ctx: foundation.public, input: command }),
    requestIn,
    /** Submitted again, and again, and given up. */
    async linkedRequest(): Promise<string> {
      const [first, own, last] = [
        await requestIn('waiting-for-approval'),
        await requestIn('waiting-for-approval'),
        await requestIn('denied'),
      ];
      const link = 'UPDATE portal.signing_request SET resubmission_of = $1 WHERE id = $2';
      await owner.query(link, [first, own]);
      await owner.query(link, [own, last]);
      await owner.query(
        `INSERT INTO portal.cancellation (request_id, reason, cancelled_by, cancelled_at, superseded_by)
         VALUES ($1, 'A newer build.', 'token:esbuild-demo/ci', now(), $2)`,
        [own, last],
      );
      return own;
    },
    submittedRequest: async (artifactSha256: string): Promise<string> => {
      const { rows } = await owner.query<{ id: string }>(
        `SELECT id FROM portal.signing_request WHERE artifact_sha256 = $1 AND bundle_sha256 IS NOT NULL
          ORDER BY submitted_at LIMIT 1`,
        [artifactSha256],
      );
      return rows[0]?.id ?? '';
    },
    tokenCommand: (more: Record<string, unknown>, who = 'demo-maintainer') => {
      const common = {
        audience: portal.config.publicUrl,
        project,
        nonce: randomUUID(),
        at: new Date().toISOString(),
      };
      return signed(who, 'token', tokenCommand({ ...common, ...more } as TokenCommand));
    },
    stop: () =>
      signed(
        'demo-approver',
        'stop',
        stopStatement({
          action: 'stop',
          project: parseProjectSlug(project),
          reason: 'A drill.',
          at: new Date().toISOString(),
        }),
      ),
    async close() {
      await owner.end();
      await broken.close();
      await builds.close();
      await fetching.close();
      await foundation.release();
      await history.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

async function openHistory() {
  const on = await openSigned();
  // The revoked one’s key is nobody else’s.
  const keyOf = (serial: string) => (serial === revoked ? {} : { key: 'shared' });
  await on.issue(...[kept, revoked, ofLargeRequest].map((serial) => certificate(serial, keyOf(serial))));
  await writeOwnKeys(on.folder, { project });
  await on.accept(detailed);
  const bytes = 'what the signer released';
  const folder = join(on.folder, 'released');
  mkdirSync(folder, { recursive: true });
  const released = openReceived(folder);
  const put = async (content: string): Promise<void> => {
    await released.put({
      stream: (async function* () {
        yield Buffer.from(content);
      })(),
      expectedSha256: parseSha256Hex(sha256Of(content)),
      sizeBytesMax: 10_000,
      sizeBytesExpected: null,
    });
  };
  await put(bytes);
  const release = (serial: string) =>
    on.release(
      [{ serial, timestampedAt: '2026-11-21T00:00:00Z' }],
      'release-signing',
      project,
      sha256Of(bytes),
    );
  const owner = new Client({ connectionString: on.urls.owner });
  await owner.connect();
  const requests = {
    good: await release(kept),
    revoked: await release(revoked),
    large: await addLargeRequest(owner, 12, project),
    denied: await addDeniedRequest(owner, project),
    retrying: await addRetryingRequest(owner, project),
  };
  await put(await addReport(owner, requests.good, 'what the log’s key signed\n'));
  await addReport(owner, requests.revoked, null);
  await addReviews(owner);
  await owner.query(
    'UPDATE signer.signature SET timestamp_url = $1, signature_path = $3 WHERE request_id = $2',
    ['http://timestamp.example', requests.revoked, 'widget.exe.p7s'],
  );
  await owner.end();
  return {
    portal: { ...on.ctx, released: openReleased(folder) } as Portal,
    requests,
    close: () => on.close(),
  };
}
