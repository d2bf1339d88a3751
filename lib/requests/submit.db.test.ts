import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parsePersonHandle, parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import type { PolicySlug } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { artifactFile } from '#core/policy/plan/snapshots.fixture.ts';
import { seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { bodyLimitsSchema } from '../platform/body-pace/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { Context, OpenPortal } from '../platform/portal/index.ts';
import { createToken, revokeToken } from '../api-tokens/index.ts';
import { bearerActor, personOfAccount } from '../platform/auth/index.ts';
import { listRequests, readRequest, submitRequest, uploadArtifact } from './index.ts';
import type { SubmitInput } from './index.ts';

const project = parseProjectSlug('esbuild-demo');

describe('submitting a request', () => {
  let portal: OpenPortal;
  let ownerUrl: string;
  let release: () => Promise<void>;
  let query: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  let input: SubmitInput;
  let ctx: Context;
  let author: Context;

  const withToken = async (name = 'ci', policies: readonly PolicySlug[] = []): Promise<Context> => {
    const asked = { project, name, policies, days: 90, id: randomUUID() };
    const { token } = await createToken({ ctx: author, input: asked });
    return { ...portal, actor: await bearerActor(portal, `Bearer ${token}`, null) };
  };

  beforeEach(async () => {
    const database = await testDatabase();
    const { folder, release: releaseFolder } = await testFolder('store');
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
        policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
        publicUrl: 'http://127.0.0.1:1',
        keysDir: folder,
        auth: { secretFile: join(folder, 'secret') },
        upload: { sizeBytesMax: 1000 },
      }),
      folder,
    );
    const files = seedWithKeys();
    const loaded = loadSnapshot(files, seedCommit);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
    const opened = openPortal(config);
    const at = async () => ({ files, snapshot: loaded.snapshot });
    portal = { ...opened, policies: { ...opened.policies, at } };
    release = async () => {
      await portal.close();
      await owner.end();
      await database.release();
      await releaseFolder();
    };
    const bytes = Buffer.from('an artifact');
    const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
    await portal.store.put({
      stream: (async function* () {
        yield bytes;
      })(),
      expectedSha256: sha256,
      sizeBytesMax: 100,
      sizeBytesExpected: null,
    });
    const maker = personOfAccount(loaded.snapshot, onGitHub('900001'), false);
    if (maker === null) throw new Error('the seed has no account 900001');
    author = { ...portal, actor: maker };
    ctx = await withToken();
    input = {
      project,
      policy: parsePolicySlug('release-signing'),
      artifact: { sha256, name: 'a.tgz' },
      bundle: { mediaType: 'x' },
      parameters: {},
      idempotencyKey: null,
    };
  });
  afterEach(() => release());

  const rows = async () => ({
    requests: await query('SELECT id::text FROM portal.signing_request'),
    events: await query(`SELECT actor FROM portal.audit_event WHERE action = 'request.submitted'`),
    jobs: await query(`SELECT data FROM pgboss.job WHERE name = 'signing'`),
  });

  it('keeps parameters, which are part of what the same request is, and refuses those that no policy asks for', async () => {
    const parameters = { version: '1.2.3' };
    await expect(submitRequest({ ctx, input: { ...input, parameters } })).rejects.toMatchObject({
      code: 'PARAMETERS_INVALID',
      fields: [{ field: 'parameters.version' }],
    });
    const files = seedWithKeys();
    const text = Buffer.from(files.get(artifactFile) ?? []).toString();
    files.set(
      artifactFile,
      Buffer.from(text.replace('root:', "parameters: [{ name: version, pattern: '*.*' }]\nroot:")),
    );
    const loaded = loadSnapshot(files, seedCommit);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
    const asking = { ...ctx.policies, at: async () => ({ files, snapshot: loaded.snapshot }) };
    const submit = (values: Record<string, string>) =>
      submitRequest({ ctx: { ...ctx, policies: asking }, input: { ...input, parameters: values } });
    await expect(submit({})).rejects.toMatchObject({ code: 'PARAMETERS_INVALID' });
    await expect(submit({ version: '1.*' })).rejects.toMatchObject({ code: 'PARAMETERS_INVALID' });
    const first = await submit(parameters);
    expect(await submit(parameters)).toEqual({ id: first.id, created: false });
    const other = await submit({ version: '1.2.4' });
    expect(other.created).toBe(true);
    expect(await query('SELECT parameters FROM portal.signing_request WHERE id = $1', [first.id])).toEqual([
      { parameters },
    ]);
    const keyed = (values: Record<string, string>) =>
      submitRequest({
        ctx: { ...ctx, policies: asking },
        input: { ...input, parameters: values, idempotencyKey: 'release-1' },
      });
    await keyed(parameters);
    await expect(keyed({ version: '1.2.4' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('limits concurrent uploads per token, and accepts another when one has ended', async () => {
    const config = {
      ...ctx.config,
      upload: { ...ctx.config.upload, limits: bodyLimitsSchema.parse({ atOncePerSender: 1 }) },
    };
    const [first, other] = [
      { ...ctx, config },
      { ...(await withToken('other')), config },
    ];
    const gate = Promise.withResolvers<undefined>();
    const upload = (by: Context, until: () => Promise<unknown> = () => Promise.resolve()) =>
      uploadArtifact({
        ctx: by,
        input: {
          project: null,
          sha256: null,
          sizeBytesExpected: null,
          stream: (async function* () {
            yield Buffer.from('some');
            await until();
          })(),
        },
      });
    const running = upload(first, () => gate.promise);
    await expect(upload(first)).rejects.toMatchObject({ code: 'TOO_MANY_UPLOADS' });
    await expect(upload(other)).resolves.toMatchObject({ sizeBytes: 4 });
    gate.resolve(undefined);
    await running;
    await expect(upload(first)).resolves.toMatchObject({ sizeBytes: 4 });
    const broken = upload(first, () => Promise.reject(new Error('gone')));
    await expect(broken).rejects.toMatchObject({ code: 'ARTIFACT_TRUNCATED' });
    await expect(upload(first)).resolves.toMatchObject({ sizeBytes: 4 });
  });

  describe('of files that are concurrently removed as unused', () => {
    /** A store that loses a file once somebody has looked at it. */
    const losing = (digest: string): Context['store'] => ({
      ...ctx.store,
      open: async (sha256) => {
        const found = await ctx.store.open(sha256);
        if (sha256 === digest) await ctx.store.remove(sha256);
        return found;
      },
    });

    it('reports that the artifact is gone, and writes nothing', async () => {
      const store = losing(input.artifact.sha256);
      await expect(submitRequest({ ctx: { ...ctx, store }, input })).rejects.toMatchObject({
        code: 'ARTIFACT_NOT_UPLOADED',
      });
      expect(await rows()).toEqual({ requests: [], events: [], jobs: [] });
    });

    it('still has the bundle', async () => {
      const put: Context['store']['put'] = async (upload) => {
        const stored = await ctx.store.put(upload);
        if (removed++ === 0) await ctx.store.remove(stored.sha256);
        return stored;
      };
      let removed = 0;
      await submitRequest({ ctx: { ...ctx, store: { ...ctx.store, put } }, input });
      const [row] = await query('SELECT bundle_sha256 FROM portal.signing_request');
      expect(await ctx.store.open(parseSha256Hex(row?.['bundle_sha256']))).not.toBeNull();
    });
  });

  it('leaves no bundle behind where no request is made', async () => {
    let stored = 0;
    const put: Context['store']['put'] = (upload) => {
      stored += 1;
      return ctx.store.put(upload);
    };
    const counting = { ...ctx, store: { ...ctx.store, put } };
    const named = { ...input, idempotencyKey: 'one' };
    await submitRequest({ ctx: counting, input: named });
    for (const mediaType of ['y', 'z']) {
      const other = { ...named, bundle: { mediaType } };
      await expect(submitRequest({ ctx: counting, input: other })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
    }
    expect(stored).toBe(1);
  });

  it('releases the project’s storage quota that the upload took, whoever sent it', async () => {
    const send = (by: Context, text: string) =>
      uploadArtifact({
        ctx: by,
        input: {
          project,
          sha256: null,
          sizeBytesExpected: 1000,
          stream: (async function* () {
            yield Buffer.from(text.repeat(1000));
          })(),
        },
      });
    const { sha256 } = await send(ctx, 'a');
    for (const text of ['b', 'c']) await send(author, text);
    await send(await withToken('other'), 'd');
    for (const by of [ctx, author])
      await expect(send(by, 'e')).rejects.toMatchObject({ code: 'UPLOAD_QUOTA_EXCEEDED' });
    await submitRequest({ ctx: author, input: { ...input, artifact: { sha256, name: 'a.tgz' } } });
    await send(ctx, 'e');
  });

  it('writes request, audit event and job together', async () => {
    const { id, created } = await submitRequest({ ctx, input });
    expect(created).toBe(true);
    expect(await rows()).toEqual({
      requests: [{ id }],
      events: [{ actor: 'token:esbuild-demo/ci by person:demo-maintainer' }],
      jobs: [{ data: { requestId: id } }],
    });
    expect((await readRequest({ ctx, input: { id } }))?.status).toBe('received');
  });

  it('waits for a concurrent revocation of its token, and is then refused', async () => {
    const revoking = {
      lock: `UPDATE portal.api_token SET revoked_at = now(), revoked_by = 'person:demo-maintainer', revoked_reason = ''`,
    };
    const submit = () => submitRequest({ ctx: patientContext(ctx), input });
    const ended = await behindLock(ownerUrl, revoking, submit);
    expect(ended).toMatchObject([{ status: 'rejected', reason: { code: 'TOKEN_REVOKED' } }]);
    expect((await rows()).requests).toEqual([]);
  });

  it('writes none of the three when the job can not be sent', async () => {
    const failing: Context = {
      ...ctx,
      queue: { ...ctx.queue, wake: () => Promise.reject(new Error('queue down')) },
    };
    await expect(submitRequest({ ctx: failing, input })).rejects.toThrow('queue down');
    expect(await rows()).toEqual({ requests: [], events: [], jobs: [] });
  });

  it('attaches the same request, ten times at once, to one row and one job', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => submitRequest({ ctx, input })));
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    const { requests, jobs } = await rows();
    expect([requests.length, jobs.length]).toEqual([1, 1]);
  });

  it('makes a new request for a refused submission, and attaches if the caller identifies it as the same', async () => {
    const end = (id: string, status: string) =>
      query(
        `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
           VALUES ($1, $2, 'scan', 1, 'x', now())`,
        [id, status],
      );
    const first = await submitRequest({ ctx, input });
    await end(first.id, 'denied');
    const second = await submitRequest({ ctx, input });
    expect(second).toMatchObject({ created: true });
    expect(second.id).not.toBe(first.id);
    expect(await submitRequest({ ctx, input })).toEqual({ id: second.id, created: false });
    await end(second.id, 'completed');
    expect(await submitRequest({ ctx, input })).toEqual({ id: second.id, created: false });

    const named = { ...input, idempotencyKey: 'run 1' };
    const third = await submitRequest({ ctx, input: named });
    await end(third.id, 'failed');
    expect(await submitRequest({ ctx, input: named })).toEqual({ id: third.id, created: false });
  });

  it('refuses an Idempotency-Key that belongs to something else', async () => {
    await submitRequest({ ctx, input: { ...input, idempotencyKey: 'one' } });
    const other = { ...input, idempotencyKey: 'one', bundle: { mediaType: 'y' } };
    await expect(submitRequest({ ctx, input: other })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await rows()).requests).toHaveLength(1);
  });

  it.each([
    ['a policy the project has not', { policy: parsePolicySlug('nope') }, 'UNKNOWN_POLICY'],
    [
      'an artifact nobody uploaded',
      { artifact: { sha256: parseSha256Hex('0'.repeat(64)), name: 'a' } },
      'ARTIFACT_NOT_UPLOADED',
    ],
    ['a release without proof of origin', { bundle: null }, 'ORIGIN_EVIDENCE_MISSING'],
    ["another project's name", { project: parseProjectSlug('zip-demo') }, 'NOT_ALLOWED'],
  ] as const)('refuses %s and writes nothing', async (_name, change, code) => {
    await expect(submitRequest({ ctx, input: { ...input, ...change } })).rejects.toMatchObject({ code });
    expect(await rows()).toEqual({ requests: [], events: [], jobs: [] });
  });

  it('accepts requests only from the policy’s submitters, if it names any', async () => {
    const at = await portal.policies.at(seedCommit);
    const path = 'projects/esbuild-demo/policies/release-signing.yaml';
    const narrow = (submitters: string): Context => {
      const text = `${new TextDecoder().decode(at.files.get(path))}submitters: ${submitters}\n`;
      const files = new Map(at.files).set(path, new TextEncoder().encode(text));
      const loaded = loadSnapshot(files, seedCommit);
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
      const { snapshot } = loaded;
      return { ...ctx, policies: { ...portal.policies, at: async () => ({ files, snapshot }) } };
    };
    const others = narrow('{ tokens: [release-bot], people: [demo-approver] }');
    await expect(submitRequest({ ctx: others, input })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await rows()).toEqual({ requests: [], events: [], jobs: [] });
    expect(await submitRequest({ ctx: narrow('{ tokens: [ci] }'), input })).toMatchObject({ created: true });
  });

  it('refuses what only the submitter could approve, by token or not, and says how to proceed', async () => {
    const { snapshot } = await portal.policies.at(seedCommit);
    const approver = personOfAccount(snapshot, onGitHub('900002'), false);
    if (approver === null) throw new Error('the seed has no account 900002');
    const own: Context = { ...portal, actor: approver };
    const asked = { project, name: 'own', policies: [], days: 90, id: randomUUID() };
    const { token } = await createToken({ ctx: own, input: asked });
    const byToken: Context = { ...portal, actor: await bearerActor(portal, `Bearer ${token}`, null) };
    for (const by of [own, byToken]) {
      await expect(submitRequest({ ctx: by, input })).rejects.toMatchObject({
        code: 'APPROVAL_NOT_POSSIBLE',
        message: expect.stringContaining('only 0 of the 1 approvals') as string,
        fix: expect.stringMatching(/Let somebody else submit it.*release-signing\.yaml/) as string,
      });
    }
    expect(await rows()).toEqual({ requests: [], events: [], jobs: [] });
    // A policy that asks for no approval asks for nobody else.
    const tests = { ...input, policy: parsePolicySlug('test-signing') };
    expect(await submitRequest({ ctx: byToken, input: tests })).toMatchObject({ created: true });
  });

  it('refuses the public, and a token of another project', async () => {
    const anyone: Context = { ...ctx, actor: await bearerActor(portal, null, null) };
    await expect(submitRequest({ ctx: anyone, input })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const foreign: Context = {
      ...ctx,
      actor: {
        kind: 'token',
        tokenId: randomUUID(),
        project: parseProjectSlug('zip-demo'),
        name: 'ci',
        maker: parsePersonHandle('demo-maintainer'),
        policies: [],
      },
    };
    await expect(submitRequest({ ctx: foreign, input })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringMatching(/^Only the project esbuild-demo/) as string,
    });
  });

  it('keeps a token to the policies it was made for', async () => {
    const limited = await withToken('tests', [parsePolicySlug('test-signing')]);
    await expect(submitRequest({ ctx: limited, input })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('test-signing only') as string,
    });
    const policy = parsePolicySlug('test-signing');
    expect(await submitRequest({ ctx: limited, input: { ...input, policy } })).toMatchObject({
      created: true,
    });
  });

  it('is refused with a token that was revoked while the request was on its way', async () => {
    const { actor } = ctx;
    if (actor.kind !== 'token') throw new Error('no token');
    await revokeToken({ ctx: author, input: { project, id: actor.tokenId, reason: 'It leaked.' } });
    await expect(submitRequest({ ctx, input })).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect((await rows()).requests).toEqual([]);
  });

  it('stores nothing of a token but its hash', async () => {
    const [row] = await query('SELECT * FROM portal.api_token');
    expect(JSON.stringify(row)).not.toContain('csn_');
  });

  it('lists every request exactly once over pages of any size, newest first', async () => {
    const made: string[] = [];
    for (let index = 0; index < 7; index++) {
      // Equal times on purpose: the id has to break the tie.
      const now = () => new Date(Date.UTC(2026, 0, 1 + Math.floor(index / 3)));
      made.push(
        (await submitRequest({ ctx: { ...ctx, now }, input: { ...input, idempotencyKey: `k${index}` } })).id,
      );
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listRequests>> = await listRequests({
        ctx,
        input: { limit: 2, ...(cursor === null ? {} : { cursor }) },
      });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.next;
    } while (cursor !== null);
    expect([...seen].sort()).toEqual([...made].sort());
    expect(seen[0]).toBe(made[6]);
  });
});
