/** Who may hand in a decision, and which decisions are turned away while their author is still there. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { person } from '#core/approval/approval.fixture.ts';
import {
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
  type RequestId,
} from '#core/ids/index.ts';
import { loadSnapshot, type PolicySnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { personOfAccount, type Actor } from '../platform/auth/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal, type OpenPortal } from '../platform/portal/index.ts';
import { submitApproval } from './index.ts';

const approver = person('demo-approver');
const stranger = person('mallory');
const artifact = parseSha256Hex('ab'.repeat(32));
const asked = {
  project: parseProjectSlug('esbuild-demo'),
  policy: parsePolicySlug('release-signing'),
  artifactSha256: artifact,
  policyCommit: seedCommit,
  sourceCommit: null,
  submittedBy: 'person:demo-maintainer',
};
const inAWeek = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

describe('a decision about a request', () => {
  let portal: OpenPortal;
  let owner: Client;
  let snapshot: PolicySnapshot;
  let release: () => Promise<void>;

  beforeAll(async () => {
    const database = await testDatabase();
    const { folder, release: releaseFolder } = await testFolder('approvals');
    owner = new Client({ connectionString: database.owner });
    await owner.connect();
    await owner.query(
      `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
      [seedCommit],
    );
    const files = seedWithKeys();
    const own = decode(files.get('people/demo-approver.yaml')).replace(
      /publicKey: .*/,
      `publicKey: ${approver.approver.keys[0] ?? ''}`,
    );
    files.set('people/demo-approver.yaml', encode(own));
    const loaded = loadSnapshot(files, seedCommit);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
    snapshot = loaded.snapshot;
    const opened = openPortal(
      parsePortalConfig(
        JSON.stringify({
          databaseUrl: database.portal,
          artifactStore: join(folder, 'artifacts'),
          policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
          publicUrl: 'http://127.0.0.1:1',
          keysDir: folder,
          auth: { secretFile: join(folder, 'secret') },
          upload: { sizeBytesMax: 1000 },
        }),
        folder,
      ),
    );
    portal = { ...opened, policies: { ...opened.policies, at: async () => ({ files, snapshot }) } };
    release = async () => {
      await portal.close();
      await owner.end();
      await database.release();
      await releaseFolder();
    };
  });
  afterAll(() => release());

  /** A request that the signer says waits for approval. */
  async function waiting(): Promise<RequestId> {
    const id = parseRequestId(randomUUID());
    await owner.query(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by) VALUES ($1, $2, $3, $4, 'a', 1, $5, $6)`,
      [id, asked.project, asked.policy, artifact, randomUUID(), asked.submittedBy],
    );
    await owner.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, policy_commit, summary, updated_at)
       VALUES ($1, 'waiting-for-approval', 'approval', 1, $2, '', now())`,
      [id, seedCommit],
    );
    return id;
  }

  const as = (id: string): Actor => {
    const actor = personOfAccount(snapshot, onGitHub(id), false);
    if (actor === null) throw new Error(`the seed has no account ${id}`);
    return actor;
  };
  const ciOf = (project: string): Actor =>
    ({
      kind: 'token',
      id: randomUUID(),
      name: 'ci',
      project: parseProjectSlug(project),
      policies: [],
      maker: 'demo-maintainer',
    }) as unknown as Actor;
  const handIn = (
    actor: Actor,
    id: RequestId,
    decided = approver.decide({ ...asked, request: id, expiresAt: inAWeek() }),
  ) => submitApproval({ ctx: { ...portal, actor }, input: { id, ...decided } });
  const submitted = async (id: RequestId) =>
    (await owner.query('SELECT id FROM portal.approval_submission WHERE request_id = $1', [id])).rowCount;

  it('is accepted from the team and from the project’s own tokens', async () => {
    const id = await waiting();
    await handIn(as('900002'), id);
    await handIn(ciOf('esbuild-demo'), id);
    expect(await submitted(id)).toBe(2);
  });

  it('is accepted from nobody else, even with a valid signature', async () => {
    const id = await waiting();
    for (const actor of [{ kind: 'public' } as Actor, as('900003'), ciOf('zip-demo')]) {
      await expect(handIn(actor, id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    }
    expect(await submitted(id)).toBe(0);
  });

  it('is refused with the reason if it can’t count: with an unknown key, or about something else', async () => {
    const id = await waiting();
    const wrong = [
      stranger.decide({ ...asked, request: id, expiresAt: inAWeek() }),
      approver.decide({ ...asked, request: parseRequestId(randomUUID()), expiresAt: inAWeek() }),
      approver.decide({
        ...asked,
        request: id,
        artifactSha256: parseSha256Hex('cd'.repeat(32)),
        expiresAt: inAWeek(),
      }),
      approver.decide({ ...asked, request: id, expiresAt: new Date(Date.now() - 1000).toISOString() }),
    ];
    for (const decided of wrong) {
      await expect(handIn(as('900002'), id, decided)).rejects.toMatchObject({ code: 'APPROVAL_NOT_VALID' });
    }
    expect(await submitted(id)).toBe(0);
  });

  it('is not offered before the signer waits for it', async () => {
    const id = await waiting();
    await owner.query(`UPDATE signer.request_state SET status = 'checking' WHERE request_id = $1`, [id]);
    await expect(handIn(as('900002'), id)).rejects.toMatchObject({ code: 'NOT_WAITING_FOR_APPROVAL' });
  });
});
