import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { startTokenService, tokenIssuer } from '../../dev/github/index.ts';
import type { TokenRun, TokenService } from '../../dev/github/index.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { bearerActor } from '../platform/auth/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { Context, OpenPortal, Portal } from '../platform/portal/index.ts';
import { callerName } from '../platform/rate-limit/index.ts';
import { beginUpload, readRequest, readUpload, submitRequest, uploadArtifact } from './index.ts';
import type { SubmitInput } from './index.ts';

const project = parseProjectSlug('esbuild-demo');
const publicUrl = 'http://127.0.0.1:1';
const releasePolicy = `projects/${project}/policies/release-signing.yaml`;
const testPolicy = `projects/${project}/policies/test-signing.yaml`;
const repository = {
  id: '900100200',
  ownerId: '900100',
  uri: 'https://github.com/countersign-demo/esbuild-windows',
};
const bytes = Buffer.from('what a build made');
const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

const anotherIssuer = 'https://github.example/_services/token';

let service: TokenService;
let opened: OpenPortal;
let portal: Portal;
let owner: Client;
let release: () => Promise<void>;
const query = async (sql: string, values?: unknown[]) =>
  (await owner.query<Record<string, unknown>>(sql, values)).rows;

/** The seed, with releases built on GitHub, and what else a test changes in a file. */
function underPolicy(edits: Readonly<Record<string, readonly [string, string]>> = {}): Portal {
  const files = seedWithKeys();
  const all = [
    [releasePolicy, ['buildSystem: development', 'buildSystem: github-actions']] as const,
    ...Object.entries(edits),
  ];
  for (const [path, [before, after]] of all) {
    const text = decode(files.get(path));
    if (!text.includes(before)) throw new Error(`${path} lacks ${before}`);
    files.set(path, encode(text.replace(before, after)));
  }
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  const at = async () => ({ files, snapshot: loaded.snapshot });
  return { ...opened, policies: { ...opened.policies, at } };
}

beforeAll(async () => {
  service = await startTokenService();
  const database = await testDatabase();
  const { folder, release: releaseFolder } = await testFolder('store');
  owner = new Client({ connectionString: database.owner });
  await owner.connect();
  await query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
    [seedCommit],
  );
  opened = openPortal(
    parsePortalConfig(
      JSON.stringify({
        databaseUrl: database.portal,
        artifactStore: join(folder, 'artifacts'),
        policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
        publicUrl,
        keysDir: folder,
        auth: { secretFile: join(folder, 'secret') },
        upload: { sizeBytesMax: 1000 },
        buildKeys: [tokenIssuer, anotherIssuer].map((issuer) => ({ issuer, url: service.keysUrl })),
      }),
      folder,
    ),
  );
  release = async () => {
    await opened.close();
    await owner.end();
    await database.release();
    await releaseFolder();
  };
});
afterAll(async () => {
  await release();
  await service.stop();
});
beforeEach(async () => {
  await query('TRUNCATE portal.signing_request, portal.used_build_token, portal.upload CASCADE');
  portal = underPolicy();
});

const tokenOf = (run: Partial<TokenRun> = {}, iss = tokenIssuer): string =>
  service.sign({ ...service.claims(publicUrl, { repository, ...run }), iss });
const as = async (token: string, on: Portal = portal): Promise<Context> => ({
  ...on,
  actor: await bearerActor(on, `Bearer ${token}`, null),
});
const build = (run: Partial<TokenRun> = {}, on: Portal = portal): Promise<Context> => as(tokenOf(run), on);
const upload = (ctx: Context) =>
  uploadArtifact({
    ctx,
    input: {
      project: null,
      sha256,
      stream: (async function* () {
        yield bytes;
      })(),
      sizeBytesExpected: bytes.length,
    },
  });
const input = (changes: Partial<SubmitInput> = {}): SubmitInput => ({
  project,
  policy: parsePolicySlug('release-signing'),
  artifact: { sha256, name: 'a.tgz' },
  bundle: { mediaType: 'x' },
  parameters: {},
  idempotencyKey: null,
  ...changes,
});
const submit = (ctx: Context, changes: Partial<SubmitInput> = {}) =>
  submitRequest({ ctx, input: input(changes) });
const key = (idempotencyKey: string) => ({ idempotencyKey });

describe('a build with the identity token of its run', () => {
  it('uploads, submits and reads, by one token and without a secret', async () => {
    const ctx = await build();
    await upload(ctx);
    expect(await query('SELECT owner FROM portal.upload')).toEqual([{ owner: project }]);
    const { id, created } = await submit(ctx);
    expect(created).toBe(true);
    const who = 'build:github/900100200/1000000001/1 by person:demo-maintainer';
    expect(await query('SELECT submitted_by FROM portal.signing_request')).toEqual([{ submitted_by: who }]);
    expect(
      await query(
        `SELECT actor FROM portal.audit_event WHERE action = 'request.submitted' AND subject = $1`,
        [`request:${id}`],
      ),
    ).toEqual([{ actor: who }]);
    // What a request uses takes no room any more.
    expect(await query('SELECT freed_at IS NULL AS open FROM portal.upload')).toEqual([{ open: false }]);
    expect(await readRequest({ ctx, input: { id } })).toMatchObject({
      submittedBy: who,
      run: { run: '1000000001', address: `${repository.uri}/actions/runs/1000000001/attempts/1` },
    });
    expect(callerName(ctx)).toBe(`build:${tokenIssuer}/900100200`);
  });

  it('sends the same request again and attaches to it, with the same token or another', async () => {
    const ctx = await build();
    await upload(ctx);
    const { id } = await submit(ctx);
    expect(await submit(ctx)).toEqual({ id, created: false });
    expect(await submit(await build({ runId: '1000000002' }))).toEqual({ id, created: false });
    expect(await query('SELECT request_id FROM portal.used_build_token')).toEqual([{ request_id: id }]);
  });

  it('goes on with what its run uploads in parts, and a run of another server with the same numbers doesn’t', async () => {
    const another = `buildSystems:\n  - {name: github-own, issuer: ${anotherIssuer}, trustRoot: sigstore-public-good}\n`;
    const on = underPolicy({ 'trust/root.yaml': ['buildSystems:\n', another] });
    const begun = { project, sha256, sizeBytes: bytes.length };
    const { upload: part } = await beginUpload({ ctx: await build({}, on), input: begun });
    const input = { id: part.id, atRest: false };
    expect(await readUpload({ ctx: await build({}, on), input })).toMatchObject({ id: part.id });
    const other = await as(tokenOf({}, anotherIssuer), on);
    await expect(readUpload({ ctx: other, input })).rejects.toMatchObject({ code: 'UNKNOWN_UPLOAD' });
  });

  it('makes one request by each token: a stolen one makes no second', async () => {
    const token = tokenOf();
    await upload(await as(token));
    const { id } = await submit(await as(token), key('one'));
    await expect(submit(await as(token), key('two'))).rejects.toMatchObject({
      code: 'BUILD_TOKEN_USED',
      message: expect.stringContaining(id) as string,
    });
    expect(await query('SELECT 1 FROM portal.signing_request')).toHaveLength(1);
    // Nothing of the second was recorded either, and another token makes it.
    expect((await submit(await build(), key('two'))).created).toBe(true);
  });

  it('makes one request by one token at two portals at the same moment', async () => {
    const token = tokenOf();
    const second = openPortal(opened.config);
    try {
      const there = { ...second, policies: portal.policies };
      await upload(await as(token));
      const all = await Promise.allSettled([
        submit(await as(token), key('one')),
        submit(await as(token, there), key('two')),
      ]);
      expect(all.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(all.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'BUILD_TOKEN_USED' },
      });
      expect(await query('SELECT 1 FROM portal.signing_request')).toHaveLength(1);
      // The same from both: one makes it, the other attaches.
      const again = tokenOf();
      const same = await Promise.all([
        submit(await as(again), key('three')),
        submit(await as(again, there), key('three')),
      ]);
      expect(new Set(same.map(({ id }) => id)).size).toBe(1);
    } finally {
      await second.close();
    }
  });

  it('is forgotten once its token counts no more, and by then submits nothing', async () => {
    const ctx = await build();
    await upload(ctx);
    const late = { ...ctx, now: () => new Date(Date.now() + 331_000) };
    await expect(submit(late)).rejects.toMatchObject({ code: 'BUILD_TOKEN_EXPIRED' });
    await submit(ctx, key('one'));
    await query(`UPDATE portal.used_build_token SET expires_at = now() - interval '11 minutes'`);
    await submit(await build(), key('two'));
    expect(await query('SELECT 1 FROM portal.used_build_token')).toHaveLength(1);
  });

  it('makes one request by one token, however far the clocks of two portals differ', async () => {
    const issuedAt = new Date(Date.now() - 60_000);
    const token = service.sign(service.claims(publicUrl, { repository }, issuedAt));
    await upload(await as(token));
    await submit(await as(token), key('one'));
    // By this portal's clock the first token has expired, and its own hasn't yet.
    const ahead = { ...(await build()), now: () => new Date(Date.now() + 300_000) };
    await submit(ahead, key('two'));
    await expect(submit(await as(token), key('three'))).rejects.toMatchObject({ code: 'BUILD_TOKEN_USED' });
  });
});

describe('a build that the policy doesn’t describe', () => {
  const branch = { ref: 'refs/heads/feature' };

  it('uploads nothing and submits nothing, and reads which line asked, and for what', async () => {
    const error = await submit(await build(branch)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'BUILD_NOT_ALLOWED',
      message: expect.stringMatching(
        /Found: refs\/heads\/feature; asked for: branch main, tag v\*\. \(projects\/esbuild-demo\/policies\/release-signing\.yaml, line \d+\)/,
      ) as string,
      findings: [{ rule: 'origin.ref', found: 'refs/heads/feature', policy: { file: releasePolicy } }],
    });
    await expect(upload(await build(branch))).rejects.toMatchObject({ code: 'BUILD_NOT_ALLOWED' });
    expect(await query('SELECT 1 FROM portal.upload')).toEqual([]);
  });

  it('is told under which other policy it may', async () => {
    const origin = /origin:\n(?: .*\n)+/.exec(decode(seedWithKeys().get(releasePolicy)))?.[0] ?? '';
    const any = origin.replace('development', 'github-actions').replace('[main]', "['*']");
    const on = underPolicy({ [testPolicy]: ['scan: required', `${any}scan: required`] });
    await expect(submit(await build(branch, on))).rejects.toMatchObject({
      fix: 'Tag the commit, or change refs in the policy. Or sign with test-signing, which takes this build.',
    });
    await upload(await build(branch, on));
    const { created } = await submit(await build(branch, on), { policy: parsePolicySlug('test-signing') });
    expect(created).toBe(true);
  });

  it.each<readonly [string, Partial<TokenRun>, string]>([
    ['in a fork', { repository: { ...repository, id: '7' } }, 'origin.repository'],
    ['by pull_request_target', { trigger: 'pull_request_target' }, 'origin.trigger'],
    ['of another workflow', { workflow: '.github/workflows/other.yml' }, 'origin.workflow'],
    ['run again', { attempt: 2 }, 'origin.rerun'],
  ])('%s is refused', async (_, run, rule) => {
    await expect(submit(await build(run))).rejects.toMatchObject({
      code: 'BUILD_NOT_ALLOWED',
      findings: [{ rule }],
    });
  });

  it('of nobody’s repository uploads nothing', async () => {
    await expect(upload(await build({ repository: { ...repository, id: '7' } }))).rejects.toMatchObject({
      code: 'BUILD_NOT_ALLOWED',
      message: expect.stringContaining('id 7') as string,
    });
  });

  it('submits nothing under a policy without an origin, or whose submitters leave builds out', async () => {
    await expect(submit(await build(), { policy: parsePolicySlug('test-signing') })).rejects.toMatchObject({
      code: 'BUILD_NOT_ALLOWED',
      findings: [{ rule: 'submitters.builds' }],
      fix: expect.stringContaining('Or sign with release-signing') as string,
    });
    const named = (more: string) =>
      underPolicy({
        [releasePolicy]: ['scan: required', `submitters: { tokens: [ci]${more} }\nscan: required`],
      });
    for (const on of [named(''), named(', builds: none')]) {
      await expect(submit(await build({}, on))).rejects.toMatchObject({
        findings: [{ rule: 'submitters.builds', policy: { file: releasePolicy } }],
      });
    }
    const on = named(', builds: origin');
    await upload(await build({}, on));
    expect((await submit(await build({}, on))).created).toBe(true);
  });

  it('repeated by nobody knows whom could never be approved either, where repeating is allowed', async () => {
    const on = underPolicy({
      [releasePolicy]: ['runner: github-hosted', 'runner: github-hosted\n  reruns: allowed'],
    });
    await upload(await build({ attempt: 2 }, on));
    await expect(submit(await build({ attempt: 2 }, on))).rejects.toMatchObject({
      code: 'APPROVAL_NOT_POSSIBLE',
      message: expect.stringContaining('repeated attempt') as string,
    });
    expect((await submit(await build({}, on))).created).toBe(true);
  });

  it('started by whoever nobody knows, or by the only approver, could never be approved, and is refused at once', async () => {
    for (const actorId of ['424242', '900002']) {
      await expect(submit(await build({ actorId }))).rejects.toMatchObject({ code: 'APPROVAL_NOT_POSSIBLE' });
    }
  });
});
