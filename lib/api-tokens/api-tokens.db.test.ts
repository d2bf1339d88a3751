import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { tokenCommand, tokenNamespace } from '#core/approval/index.ts';
import type { TokenCommand } from '#core/approval/index.ts';
import { parsePolicySlug, parseProjectSlug, parseRequestId } from '#core/ids/index.ts';
import { loadSnapshot, withApprovalKeys } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { createSshSignature, ed25519PublicKeyLine } from '#core/pki/sshsig/index.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { bearerActor, personOfAccount } from '../platform/auth/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { Context, OpenPortal } from '../platform/portal/index.ts';
import {
  activeTokensMax,
  createToken,
  listTokens,
  revokeToken,
  runTokenCommand,
  notifyOfTokens,
} from './index.ts';

const project = parseProjectSlug('esbuild-demo');
const accounts = {
  author: '900001',
  approver: '900002',
  steward: '900004',
  /** Named by the policy, and on no team. */
  bystander: '900007',
  nobody: '12345',
};

let portal: OpenPortal;
let ownerUrl: string;
let release: () => Promise<void>;
let now: Date;
let files: Map<string, Uint8Array>;
let keyOfAuthor: KeyObject;
let query: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

let loadedFrom: Map<string, Uint8Array> | null = null;
let kept: PolicySnapshot | null = null;

/** Loaded again only where a test has changed the files. */
const snapshot = (): PolicySnapshot => {
  if (kept !== null && loadedFrom === files) return kept;
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  loadedFrom = files;
  kept = loaded.snapshot;
  return kept;
};

beforeAll(async () => {
  const database = await testDatabase();
  const { folder, release: releaseFolder } = await testFolder('tokens');
  ownerUrl = database.owner;
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  query = async (sql, values) => (await owner.query<Record<string, unknown>>(sql, values)).rows;
  await query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
    [seedCommit],
  );
  const config = parsePortalConfig(
    JSON.stringify({
      databaseUrl: database.portal,
      artifactStore: join(folder, 'artifacts'),
      keysDir: folder,
      policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
      publicUrl: 'https://sign.example',
      auth: { secretFile: join(folder, 'secret') },
      upload: { sizeBytesMax: 1000 },
    }),
    folder,
  );
  const opened = openPortal(config, () => now);
  const at = async () => ({ files, snapshot: snapshot() });
  portal = { ...opened, policies: { ...opened.policies, at } };
  release = async () => {
    await portal.close();
    await owner.end();
    await database.release();
    await releaseFolder();
  };
});
afterAll(() => release());

beforeEach(async () => {
  now = new Date('2026-11-28T12:00:00.000Z');
  files = seedWithKeys();
  keyOfAuthor = generateKeyPairSync('ed25519').privateKey;
  const person = files.get('people/demo-maintainer.yaml');
  if (person === undefined) throw new Error('the seed has no demo-maintainer');
  files.set(
    'people/demo-maintainer.yaml',
    withApprovalKeys(encode(decode(person).replace(/approvalKeys:[^]*/, 'approvalKeys: []\n')), [
      ed25519PublicKeyLine(keyOfAuthor, 'author'),
    ]),
  );
  for (const table of ['api_token', 'used_statement', 'notification', 'audit_event']) {
    await query(`DELETE FROM portal.${table}`);
  }
});

function as(account: keyof typeof accounts): Context {
  const identity = onGitHub(accounts[account]);
  const person = personOfAccount(snapshot(), identity, false);
  return { ...portal, actor: person ?? { kind: 'account', identity, name: 'Nobody', development: false } };
}

const make = (ctx: Context, changes: Partial<Parameters<typeof createToken>[0]['input']> = {}) =>
  createToken({
    ctx,
    input: { project, name: 'release workflow', policies: [], days: 90, id: randomUUID(), ...changes },
  });
const use = (token: string, from: string | null = null) => bearerActor(portal, `Bearer ${token}`, from);
const daysLater = (days: number): void => {
  now = new Date(now.getTime() + days * 86_400_000);
};
const coded = (code: string) => expect.objectContaining({ code }) as unknown;
const list = () => listTokens({ ctx: as('author'), input: { project } });
const changeTeam = (before: string, after: string): void => {
  const file = 'projects/esbuild-demo/project.yaml';
  const text = decode(files.get(file));
  expect(text).toContain(before);
  files = new Map(files).set(file, encode(text.replace(before, after)));
};

describe('an API token', () => {
  it('is made by an author, an approver or a submitter, authenticates requests, and records who made it', async () => {
    const { token } = await make(as('author'), { policies: [parsePolicySlug('test-signing')] });
    expect(await use(token)).toMatchObject({
      kind: 'token',
      project,
      name: 'release workflow',
      maker: 'demo-maintainer',
      policies: ['test-signing'],
    });
    await expect(make(as('approver'))).resolves.toBeDefined();
    await expect(make(as('steward'))).rejects.toEqual(coded('NOT_ALLOWED'));
    changeTeam('approvers: [demo-approver]', 'approvers: [demo-approver]\n  submitters: [demo-steward]');
    await expect(make(as('steward'))).resolves.toBeDefined();
    for (const actor of [{ kind: 'public' }, { kind: 'operator', name: 'root' }] as const) {
      await expect(make({ ...portal, actor })).rejects.toEqual(coded('NOT_ALLOWED'));
    }
    await expect(make(as('nobody'))).rejects.toEqual(coded('NOT_ALLOWED'));
    const outside = { ctx: as('bystander'), input: { project } };
    await expect(listTokens(outside)).rejects.toEqual(coded('NOT_ALLOWED'));
  });

  it('can’t make or revoke tokens itself, nor see them', async () => {
    const { token } = await make(as('author'));
    const ctx: Context = { ...portal, actor: await use(token) };
    await expect(make(ctx)).rejects.toEqual(coded('NOT_ALLOWED'));
    await expect(listTokens({ ctx, input: { project } })).rejects.toEqual(coded('NOT_ALLOWED'));
  });

  it('is stored only as its hash, with an event of who made it', async () => {
    const { token } = await make(as('author'));
    const rows = await query('SELECT * FROM portal.api_token');
    const events = await query('SELECT actor, action, subject, detail FROM portal.audit_event');
    expect(JSON.stringify([rows, events])).not.toContain(token.slice(4, 20));
    expect(events).toMatchObject([
      { actor: 'person:demo-maintainer', action: 'api-token.created', subject: `project:${project}` },
    ]);
  });

  it('expires on its own, to the millisecond', async () => {
    const { token, expiresAt } = await make(as('author'), { days: 1 });
    now = new Date(expiresAt.getTime() - 1);
    expect(await use(token)).toMatchObject({ kind: 'token' });
    now = expiresAt;
    await expect(use(token)).rejects.toEqual(coded('TOKEN_EXPIRED'));
    expect((await list()).ended).toMatchObject([{ state: 'expired' }]);
  });

  it.each([0, 367, -1, 1.5, NaN, Infinity])('can’t last %s days', async (days) => {
    await expect(make(as('author'), { days })).rejects.toEqual(coded('TOKEN_DAYS_INVALID'));
  });

  it.each(['', ' x', 'a\nb', 'a:b', 'a'.repeat(81), 'x\u202e'])('can’t be called %j', async (name) => {
    await expect(make(as('author'), { name })).rejects.toEqual(coded('TOKEN_NAME_INVALID'));
  });

  it('can’t be made for a policy or project that doesn’t exist', async () => {
    const policies = [parsePolicySlug('nightly')];
    await expect(make(as('author'), { policies })).rejects.toEqual(coded('UNKNOWN_POLICY'));
    const other = parseProjectSlug('no-such-project');
    await expect(make(as('author'), { project: other })).rejects.toEqual(coded('UNKNOWN_PROJECT'));
  });

  it.each([
    ['paused', 'token'],
    ['retired', 'PROJECT_NOT_ACTIVE'],
  ])('for a project that is %s comes to: %s', async (status, expected) => {
    changeTeam('status: active', `status: ${status}`);
    const made = make(as('author')).then(
      () => 'token',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(await made).toBe(expected);
  });

  it('is made once however often its form is submitted', async () => {
    const id = randomUUID();
    const answers = await Promise.allSettled([1, 2, 3].map(() => make(as('author'), { id })));
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    expect(
      answers.filter((answer) => answer.status === 'rejected').map((answer): unknown => answer.reason),
    ).toEqual([coded('ALREADY_DONE'), coded('ALREADY_DONE')]);
  });

  it('is one of at most twenty, even when two people make the last one at once', async () => {
    for (let count = 1; count < activeTokensMax; count += 1) await make(as('author'));
    const answers = await Promise.allSettled([make(as('author')), make(as('approver'))]);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    const [first] = (await list()).active;
    await revokeToken({ ctx: as('author'), input: { project, id: first?.id ?? '', reason: '' } });
    await expect(make(as('author'))).resolves.toBeDefined();
  });

  it('is counted under a lock: the second of two concurrent creators sees the first one’s token', async () => {
    for (let count = 1; count < activeTokensMax; count += 1) await make(as('author'));
    const held = {
      ...advisoryLock(`countersign:api-tokens:${project}`),
      meanwhile: (holder: Client) =>
        holder.query(
          `INSERT INTO portal.api_token (id, project_slug, name, policies, token_sha256, created_at, expires_at, told, created_by, created_by_id)
           SELECT gen_random_uuid(), project_slug, name, policies, repeat('0', 64), created_at, expires_at, told, created_by, created_by_id
             FROM portal.api_token LIMIT 1`,
        ),
    };
    const ended = await behindLock(ownerUrl, held, () => make(patientContext(as('approver'))));
    expect(ended).toMatchObject([{ status: 'rejected', reason: { code: 'TOO_MANY_TOKENS' } }]);
  });

  it('is revoked once: a second revocation changes nothing', async () => {
    const { id } = await make(as('author'));
    const held = {
      ...advisoryLock(`countersign:api-tokens:${project}`),
      meanwhile: (holder: Client) =>
        holder.query(
          `UPDATE portal.api_token SET revoked_at = now(), revoked_by = 'person:first', revoked_reason = 'lost'`,
        ),
    };
    const revoke = () =>
      revokeToken({ ctx: patientContext(as('approver')), input: { project, id, reason: 'b' } });
    expect(await behindLock(ownerUrl, held, revoke)).toMatchObject([{ status: 'fulfilled' }]);
    expect(await query('SELECT revoked_by, revoked_reason FROM portal.api_token')).toEqual([
      { revoked_by: 'person:first', revoked_reason: 'lost' },
    ]);
    expect(await query(`SELECT 1 FROM portal.audit_event WHERE action = 'api-token.revoked'`)).toEqual([]);
  });

  it('shows when and from where it was last used, and both again when it moves', async () => {
    const { token } = await make(as('author'));
    const lastUse = async () => (await list()).active[0];
    expect(await lastUse()).toMatchObject({ lastUsedAt: null, lastUsedFrom: null });
    await use(token, '203.0.113.9');
    const first = now;
    expect(await lastUse()).toMatchObject({ lastUsedAt: first, lastUsedFrom: '203.0.113.9' });
    now = new Date(first.getTime() + 30_000);
    await use(token, '203.0.113.9');
    expect(await lastUse()).toMatchObject({ lastUsedAt: first });
    await use(token, '198.51.100.7');
    expect(await lastUse()).toMatchObject({ lastUsedAt: now, lastUsedFrom: '198.51.100.7' });
  });

  it.each(['', 'Bearer', 'Bearer x', 'Basic csn_x', `Bearer csn_${'a'.repeat(49)}`, 'Bearer csn_\u0000'])(
    'is not in the header %j',
    async (header) => {
      await expect(bearerActor(portal, header, null)).rejects.toEqual(coded('TOKEN_MALFORMED'));
    },
  );

  it('is rejected if this portal never issued it', async () => {
    const { token } = await make(as('author'));
    await query('DELETE FROM portal.api_token');
    await expect(use(token)).rejects.toEqual(coded('TOKEN_UNKNOWN'));
  });
});

describe('a revoked token', () => {
  it('stops working at once and remains revoked whoever revokes it again', async () => {
    const { id, token } = await make(as('author'));
    const revoke = (ctx: Context, reason: string) => revokeToken({ ctx, input: { project, id, reason } });
    await revoke(as('approver'), 'It was in a log.');
    await expect(use(token)).rejects.toEqual(coded('TOKEN_REVOKED'));
    await revoke(as('author'), 'Another reason.');
    const revoked = { by: 'person:demo-approver', reason: 'It was in a log.', at: now };
    expect((await list()).ended).toMatchObject([{ id, state: 'revoked', revoked }]);
    expect(await query(`SELECT 1 FROM portal.audit_event WHERE action = 'api-token.revoked'`)).toHaveLength(
      1,
    );
  });

  it('may be revoked by the foundation, with a notice to the team, and by nobody else', async () => {
    const { id } = await make(as('author'));
    const input = { project, id, reason: 'Used from two continents.' };
    await expect(revokeToken({ ctx: as('nobody'), input })).rejects.toEqual(coded('NOT_ALLOWED'));
    const { people } = snapshot();
    expect([...people.keys()]).toContain('demo-steward');
    await expect(make(as('steward'))).rejects.toEqual(coded('NOT_ALLOWED'));
    expect((await listTokens({ ctx: as('steward'), input: { project } })).mayRevoke).toBe(true);
    await revokeToken({ ctx: as('steward'), input });
    const told = await query('SELECT account_id, body FROM portal.notification ORDER BY account_id');
    expect(told.map((row) => row['account_id'])).toEqual([accounts.author, accounts.approver]);
    expect(told[0]?.['body']).toContain('Used from two continents.');
  });

  it('may not be revoked by a reviewer of the team, who sees it', async () => {
    const { id, token } = await make(as('author'));
    changeTeam(
      'reviewers: [demo-maintainer, demo-approver]',
      'reviewers: [demo-maintainer, demo-approver, demo-auditor]',
    );
    const ctx = as('bystander');
    expect(await listTokens({ ctx, input: { project } })).toMatchObject({
      active: [{ id }],
      mayRevoke: false,
    });
    const revoked = revokeToken({ ctx, input: { project, id, reason: '' } });
    await expect(revoked).rejects.toEqual(coded('NOT_ALLOWED'));
    expect(await use(token)).toMatchObject({ kind: 'token' });
  });

  it('belongs to its project: another project’s team can’t address it', async () => {
    const { id } = await make(as('author'));
    const input = { project: parseProjectSlug('zip-demo'), id, reason: '' };
    await expect(revokeToken({ ctx: as('author'), input })).rejects.toEqual(coded('NO_SUCH_TOKEN'));
  });

  it('can’t be reactivated or extended with the portal’s database role', async () => {
    const { id } = await make(as('author'));
    for (const data of [{ expiresAt: new Date('2099-01-01') }, { tokenSha256: 'x' }, { createdById: '1' }]) {
      await expect(portal.db.apiToken.update({ where: { id }, data })).rejects.toThrow(/denied/);
    }
    await expect(portal.db.apiToken.deleteMany({})).rejects.toThrow(/denied/);
  });
});

describe('a token', () => {
  it('of an account on another host belongs to nobody on this host, even with the same id', async () => {
    const { id, token } = await make(as('author'));
    await use(token);
    await query(`UPDATE portal.api_token SET created_by_host = 'gitlab' WHERE id = '${id}'`);
    await expect(use(token)).rejects.toEqual(coded('TOKEN_MAKER_LEFT'));
    const { active } = await listTokens({ ctx: as('author'), input: { project } });
    expect(active.find((token) => token.id === id)?.state).toBe('maker-left');
  });
});

describe('a person who leaves the team', () => {
  it('loses their tokens, and the team is notified once', async () => {
    const { token } = await make(as('author'));
    const { token: other } = await make(as('approver'));
    changeTeam('authors: [demo-maintainer]', 'authors: []');
    await expect(use(token)).rejects.toEqual(coded('TOKEN_MAKER_LEFT'));
    expect(await use(other)).toMatchObject({ kind: 'token' });
    const seen = await listTokens({ ctx: as('approver'), input: { project } });
    expect(seen.active.map((listedToken) => [listedToken.maker.handle, listedToken.state])).toEqual(
      expect.arrayContaining([
        ['demo-maintainer', 'maker-left'],
        ['demo-approver', 'active'],
      ]),
    );
    await Promise.all([notifyOfTokens(portal), notifyOfTokens(portal)]);
    await notifyOfTokens(portal);
    const told = await query('SELECT subject FROM portal.notification');
    // A reviewer is on the team still.
    expect(told).toHaveLength(2);
    expect(told[0]?.['subject']).toContain('no longer works');
  });

  it('has no identity without an accepted policy', async () => {
    const { token } = await make(as('author'));
    const database = await testDatabase();
    const fresh = openPortal({ ...portal.config, databaseUrl: database.portal }, () => now);
    const row = await portal.db.apiToken.findFirstOrThrow({});
    await fresh.db.apiToken.create({ data: row });
    await expect(bearerActor(fresh, `Bearer ${token}`, null)).rejects.toEqual(coded('NO_ACCEPTED_POLICY'));
    await fresh.close();
    await database.release();
  });

  it('keeps their tokens under another handle: the account decides', async () => {
    const { token } = await make(as('author'));
    const person = files.get('people/demo-maintainer.yaml');
    files = new Map(files).set('people/mara.yaml', person ?? new Uint8Array());
    files.delete('people/demo-maintainer.yaml');
    for (const [path, bytes] of files)
      files.set(path, encode(decode(bytes).replaceAll('demo-maintainer', 'mara')));
    expect(await use(token)).toMatchObject({ maker: 'mara' });
  });
});

describe('a token that expires soon', () => {
  it('is announced once, fourteen days before', async () => {
    await make(as('author'), { days: 30 });
    daysLater(15.9);
    await notifyOfTokens(portal);
    expect(await query('SELECT 1 FROM portal.notification')).toEqual([]);
    daysLater(0.2);
    await Promise.all([notifyOfTokens(portal), notifyOfTokens(portal)]);
    await notifyOfTokens(portal);
    const told = await query('SELECT subject, path FROM portal.notification');
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({
      subject: expect.stringContaining('expires on 2026-12-28') as string,
      path: '/projects/esbuild-demo/tokens',
    });
  });
});

describe('a signed command', () => {
  const word = (command: Partial<TokenCommand> & Pick<TokenCommand, 'action'>, key = keyOfAuthor) => {
    const common = { audience: 'https://sign.example', project, nonce: parseRequestId(randomUUID()) };
    const statement = tokenCommand({ ...common, at: now.toISOString(), ...command } as TokenCommand);
    const message = new TextEncoder().encode(statement);
    return {
      statement,
      signature: createSshSignature({ privateKey: key, message, namespace: tokenNamespace }),
    };
  };
  const anyone = (): Context => ({ ...portal, actor: { kind: 'public' } });
  const run = (input: ReturnType<typeof word>) => runTokenCommand({ ctx: anyone(), input });
  const create = () => word({ action: 'create', name: 'ci', policies: [], days: 7 });

  it('makes, lists and revokes tokens on behalf of the signer', async () => {
    const made = await run(create());
    if (made.action !== 'create') throw new Error(made.action);
    expect(await use(made.created.token)).toMatchObject({ maker: 'demo-maintainer', name: 'ci' });
    expect(await run(word({ action: 'list' }))).toMatchObject({ list: { active: [{ name: 'ci' }] } });
    const { id } = made.created;
    await run(word({ action: 'revoke', token: id, reason: 'Done.' }));
    await expect(use(made.created.token)).rejects.toEqual(coded('TOKEN_REVOKED'));
    const events = await query('SELECT actor, detail FROM portal.audit_event ORDER BY id');
    expect(events).toMatchObject([
      { actor: 'person:demo-maintainer', detail: { by: 'signature' } },
      { actor: 'person:demo-maintainer', detail: { by: 'signature' } },
    ]);
  });

  it.each(['list', 'create', 'revoke'] as const)('to %s is done once', async (action) => {
    const { id } = await make(as('author'));
    const input = word({
      action,
      name: 'ci',
      policies: [],
      days: 7,
      token: id,
      reason: '',
    });
    const answers = await Promise.allSettled([run(input), run(input)]);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    await expect(run(input)).rejects.toEqual(coded('ALREADY_DONE'));
  });

  it('may be sent again if it had no effect', async () => {
    for (let count = 0; count < activeTokensMax; count += 1) await make(as('author'));
    const input = create();
    await expect(run(input)).rejects.toEqual(coded('TOO_MANY_TOKENS'));
    const [first] = (await list()).active;
    await revokeToken({ ctx: as('author'), input: { project, id: first?.id ?? '', reason: '' } });
    await expect(run(input)).resolves.toMatchObject({ action: 'create' });
  });

  it('is refused with a key that the policy doesn’t list or no longer lists', async () => {
    await expect(run(word({ action: 'list' }, generateKeyPairSync('ed25519').privateKey))).rejects.toEqual(
      coded('TOKEN_COMMAND_NOT_VALID'),
    );
    const input = create();
    changeTeam('authors: [demo-maintainer]', 'authors: []');
    changeTeam('reviewers: [demo-maintainer, demo-approver]', 'reviewers: [demo-approver]');
    await expect(run(input)).rejects.toEqual(coded('NOT_ALLOWED'));
  });

  it('is deleted once it has expired', async () => {
    await run(create());
    daysLater(1);
    await run(create());
    expect(await query('SELECT 1 FROM portal.used_statement')).toHaveLength(1);
  });
});
