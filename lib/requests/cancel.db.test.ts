import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex, type RequestId } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { startTokenService, tokenIssuer, type TokenRun, type TokenService } from '../../dev/github/index.ts';
import { createToken } from '../api-tokens/index.ts';
import { bearerActor } from '../platform/auth/index.ts';
import { openBuildKeys } from '../platform/build-token/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { addEntries, findingOf, stepEntries } from '../../dev/seed/index.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';
import {
  cancelRequest,
  listRequests,
  listRequestsById,
  describeSubmitter,
  readRequest,
  readStanding,
  readStep,
  resubmitRequest,
  submitRequest,
  uploadArtifact,
} from './index.ts';
import { supersedeOlder } from './supersede.ts';

const project = parseProjectSlug('esbuild-demo');
const [release, test] = ['release-signing', 'test-signing'].map((slug) => parsePolicySlug(slug)) as [
  ReturnType<typeof parsePolicySlug>,
  ReturnType<typeof parsePolicySlug>,
];

const repository = {
  id: '900100200',
  ownerId: '900100',
  uri: 'https://github.com/countersign-demo/esbuild-windows',
};

const anotherIssuer = 'https://github.example/_services/token';

/** The seed, with releases built on GitHub, whose accounts people's files name; another server of GitHub's builds, too. */
function withGitHub(own: Portal): Portal {
  const files = seedWithKeys();
  const path = `projects/${project}/policies/release-signing.yaml`;
  const text = decode(files.get(path)).replace('buildSystem: development', 'buildSystem: github-actions');
  files.set(path, encode(text));
  const another = `buildSystems:\n  - {name: github-own, issuer: ${anotherIssuer}, trustRoot: sigstore-public-good}\n`;
  const root = decode(files.get('trust/root.yaml')).replace('buildSystems:\n', another);
  files.set('trust/root.yaml', encode(root));
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  const at = () => Promise.resolve({ files, snapshot: loaded.snapshot });
  const elsewhere = new Map([tokenIssuer, anotherIssuer].map((issuer) => [issuer, service.keysUrl]));
  const buildKeys = openBuildKeys({ now: own.now, elsewhere });
  return { ...own, buildKeys, policies: { ...own.policies, at } };
}

let on: Awaited<ReturnType<typeof openFoundation>>;
let service: TokenService;
let portal: Portal;
let owner: Client;
let token: string;
let stranger: string;
beforeAll(async () => {
  on = await openFoundation();
  service = await startTokenService();
  portal = withGitHub(on.portal);
  owner = new Client({ connectionString: on.ownerUrl });
  await owner.connect();
  const maintainer = await on.as('demo-maintainer');
  const tokenOf = async (slug: string): Promise<string> => {
    const asked = { project: parseProjectSlug(slug), name: 'ci', policies: [], days: 90, id: randomUUID() };
    return (await createToken({ ctx: maintainer, input: asked })).token;
  };
  [token, stranger] = [await tokenOf(project), await tokenOf('zip-demo')];
});
afterAll(async () => {
  await owner.end();
  await service.stop();
  await on.release();
});

const as = async (text: string): Promise<Context> => ({
  ...portal,
  actor: await bearerActor(portal, `Bearer ${text}`, null),
});
const build = (run: Partial<TokenRun> = {}, iss = tokenIssuer) =>
  as(service.sign({ ...service.claims(on.portal.config.publicUrl, { repository, ...run }), iss }));

async function submit(
  ctx: Context,
  more: { policy?: typeof release; supersedes?: boolean; bytes?: Buffer; name?: string } = {},
) {
  await on.portal.db.upload.deleteMany({});
  const bytes = more.bytes ?? randomBytes(20);
  const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
  const stream = (async function* () {
    yield bytes;
  })();
  await uploadArtifact({ ctx, input: { project: null, sha256, stream, sizeBytesExpected: 20 } });
  const { id } = await submitRequest({
    ctx,
    input: {
      project,
      policy: more.policy ?? release,
      artifact: { sha256, name: more.name ?? 'a.zip' },
      bundle: { mediaType: 'x' },
      parameters: {},
      idempotencyKey: null,
      ...(more.supersedes === undefined ? {} : { supersedes: more.supersedes }),
    },
  });
  return id;
}
const stands = async (id: RequestId, status: string): Promise<void> => {
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at) VALUES ($1, $2, 'scan', 1, 'Malware.', now())`,
    [id, status],
  );
};
const read = async (id: RequestId) => {
  const found = await readRequest({ ctx: portal, input: { id } });
  if (found === null) throw new Error(`no request ${id}`);
  return found;
};
const cancel = (ctx: Context, id: RequestId, reason = 'The wrong tag.') =>
  cancelRequest({ ctx, input: { id, reason } });

describe('a request', () => {
  it('is cancelled by its run, by the project’s tokens and team, and by nobody else', async () => {
    const id = await submit(await build({ runId: '71' }));
    for (const other of [
      await build({ runId: '72' }),
      await as(stranger),
      on.public,
      await on.as('demo-auditor'),
    ])
      await expect(cancel(other, id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await read(id)).cancellation).toBeNull();
    expect(await cancel(await build({ runId: '71', attempt: 2 }), id)).toMatchObject({
      reason: 'The wrong tag.',
      by: expect.stringMatching(/^build:github\/900100200\/71\/2/) as string,
    });
    // What is on record stays.
    expect(await cancel(await as(token), id, 'Another.')).toMatchObject({ reason: 'The wrong tag.' });
    for (const ctx of [await as(token), await on.as('demo-approver')]) {
      const another = await submit(await build());
      await cancel(ctx, another);
      expect((await read(another)).cancellation).not.toBeNull();
    }
    const events = await on.portal.db.auditEvent.count({ where: { action: 'request.cancelled' } });
    expect(events).toBe(3);
  });

  it('isn’t cancelled by a run of another server, with the same numbers of repository and run', async () => {
    const id = await submit(await build({ runId: '75' }));
    const other = await build({ runId: '75' }, anotherIssuer);
    await expect(cancel(other, id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await read(id)).cancellation).toBeNull();
  });

  it('that is cancelled is nobody’s to wait for: the same again is another', async () => {
    const bytes = randomBytes(20);
    const ctx = await as(token);
    const id = await submit(ctx, { bytes });
    expect(await submit(ctx, { bytes })).toBe(id);
    await cancel(ctx, id);
    const other = await submit(ctx, { bytes });
    expect(other).not.toBe(id);
    expect(await submit(ctx, { bytes })).toBe(other);
  });

  it('isn’t cancelled by a token of its project for other policies alone', async () => {
    const id = await submit(await build());
    const limited = async (slug: typeof release): Promise<Context> => {
      const asked = { project, name: randomUUID(), policies: [slug], days: 90, id: randomUUID() };
      return as((await createToken({ ctx: await on.as('demo-maintainer'), input: asked })).token);
    };
    await expect(cancel(await limited(test), id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await cancel(await limited(release), id)).toMatchObject({ reason: 'The wrong tag.' });
  });

  it('that two cancel at once is cancelled once', async () => {
    const id = await submit(await as(token));
    const both = await Promise.all([
      cancel(await as(token), id, 'One.'),
      cancel(await as(token), id, 'Two.'),
    ]);
    const { cancellation } = await read(id);
    for (const { reason } of both) expect(reason).toBe(cancellation?.reason);
  });

  it('that has ended isn’t: what happened is told', async () => {
    const id = await submit(await build());
    await stands(id, 'denied');
    await expect(cancel(await as(token), id)).rejects.toMatchObject({
      code: 'REQUEST_ENDED',
      message: expect.stringMatching(/is denied since .*Malware\.$/) as string,
    });
  });
});

describe('a newer build', () => {
  it('takes the place of those of its project, policy and ref that haven’t ended, if it is asked to', async () => {
    const on1 = { ref: 'refs/tags/v1.0.1', runId: '80' };
    const older = await submit(await build(on1));
    const waiting = await submit(await build(on1));
    await stands(waiting, 'waiting-for-approval');
    const [signing, denied] = [await submit(await build(on1)), await submit(await build(on1))];
    await stands(signing, 'signing');
    await stands(denied, 'denied');
    const otherRef = await submit(await build({ ...on1, ref: 'refs/tags/v1.0.2' }));
    const otherPolicy = await submit(await as(token), { policy: test });
    const byToken = await submit(await as(token));
    await submit(await build(on1), { supersedes: false });
    expect((await read(older)).cancellation).toBeNull();
    const newest = await submit(await build({ ...on1, runId: '100' }), { supersedes: true });
    for (const id of [older, waiting])
      expect((await read(id)).cancellation).toMatchObject({ supersededBy: newest });
    for (const id of [signing, denied, otherRef, otherPolicy, byToken, newest])
      expect((await read(id)).cancellation).toBeNull();
  });

  it('takes no newer one’s place, and none of its own run’s other files', async () => {
    const at = (runId: string, attempt = 1) => build({ ref: 'refs/tags/v2', runId, attempt });
    const [first, newest] = [await submit(await at('100')), await submit(await at('102'))];
    const [x64, arm64] = [await submit(await at('101'), { name: 'x64' }), await at('101')];
    const sibling = await submit(arm64, { name: 'arm64', supersedes: true });
    expect((await read(first)).cancellation).toMatchObject({ supersededBy: sibling });
    // Another job of the same run, whose file has the same name.
    await submit(await at('101'), { name: 'x64', supersedes: true });
    expect((await read(x64)).cancellation).toBeNull();
    // A repeated attempt, of which the policies here take no requests.
    const repeated = await at('101', 2);
    await on.portal.db.$transaction((transaction) =>
      supersedeOlder(transaction, repeated, {
        id: newest,
        project,
        policy: release,
        artifact: { name: 'arm64' },
      }),
    );
    expect((await read(sibling)).cancellation).toMatchObject({ supersededBy: newest });
    for (const id of [newest, x64]) expect((await read(id)).cancellation).toBeNull();
  });

  it('of several at once takes the place of the older ones, and none fails', async () => {
    const at = (runId: string) => build({ ref: 'refs/tags/v3', runId });
    const old = await submit(await at('100'));
    const runs = ['101', '102', '103', '104'];
    const ids = await Promise.all(runs.map(async (runId) => submit(await at(runId), { supersedes: true })));
    expect((await read(old)).cancellation).not.toBeNull();
    expect((await read(ids[3] as RequestId)).cancellation).toBeNull();
    const standing = await Promise.all(ids.map(async (id) => (await read(id)).cancellation));
    // Who came before an older one stays; whoever came after takes its place.
    for (const cancellation of standing)
      if (cancellation !== null) expect(ids).toContain(cancellation.supersededBy);
  });

  it('is refused where nobody says of which ref it is', async () => {
    await expect(submit(await as(token), { supersedes: true })).rejects.toMatchObject({
      code: 'SOURCE_REF_UNKNOWN',
    });
  });
});

describe('how a request ended', () => {
  /** What the signer writes where its last step failed by this rule. */
  const endsBy = async (id: RequestId, rule: string): Promise<void> => {
    await stands(id, 'denied');
    await addEntries(owner, id, stepEntries(1, 'received', 'fail', [findingOf(rule, 1, 'fail')]));
  };
  const told = async (id: RequestId) => {
    const [listed] = await listRequestsById(portal, [id]);
    const page = await listRequests({ ctx: portal, input: { project, limit: 100 } });
    const standing = await readStanding({ ctx: portal, input: { id } });
    const all = [
      (await read(id)).outcome,
      listed?.outcome,
      page.items.find((item) => item.id === id)?.outcome,
      standing?.outcome,
    ];
    expect(new Set(all).size).toBe(1);
    return all[0];
  };

  it('is cancelled or superseded where the signer’s journal says so, in every place alike', async () => {
    const run = { ref: 'refs/tags/v9', runId: '80' };
    const [cancelled, older] = [await submit(await as(token)), await submit(await build(run))];
    await cancel(await as(token), cancelled);
    await submit(await build({ ...run, runId: '81' }), { supersedes: true });
    expect([await told(cancelled), await told(older)]).toEqual([null, null]);
    for (const id of [cancelled, older]) await endsBy(id, 'received.cancelled');
    expect([await told(cancelled), await told(older)]).toEqual(['cancelled', 'superseded']);
  });

  it('has its end in the step that failed by it, with who wanted it', async () => {
    const id = await submit(await as(token));
    await cancel(await as(token), id);
    await endsBy(id, 'received.cancelled');
    const step = await readStep({ ctx: portal, input: { id, pass: 1, step: 'received' } });
    expect(step).toMatchObject({
      step: { state: 'failed', findings: [{ rule: 'received.cancelled', outcome: 'fail' }] },
      cancellation: { by: 'token:esbuild-demo/ci by person:demo-maintainer', supersededBy: null },
    });
  });

  it('is denied where the signer refused it by itself, whoever cancelled it in the same moment', async () => {
    const id = await submit(await as(token));
    await cancel(await as(token), id);
    await endsBy(id, 'scan.clean');
    expect(await told(id)).toBe('denied');
  });

  it('is released or failed as its status is', async () => {
    for (const [status, outcome] of [
      ['completed', 'released'],
      ['failed', 'failed'],
      ['signing', null],
    ] as const) {
      const id = await submit(await as(token));
      await stands(id, status);
      expect(await told(id)).toBe(outcome);
    }
  });
});

describe('who submitted a request', () => {
  const described = async (ctx: Context) => {
    const { submittedBy: by } = await read(await submit(ctx));
    return describeSubmitter({ ctx: portal, input: { project, by } });
  };

  it('is told by name: of a token with its maker, of a build with its run and its address', async () => {
    expect(await described(await as(token))).toEqual({
      kind: 'token',
      token: 'ci',
      person: 'Mara Maintainer (demo-maintainer)',
    });
    expect(await described(await build({ runId: '4711' }))).toMatchObject({
      kind: 'build',
      run: '4711',
      attempt: '1',
      address: `${repository.uri}/actions/runs/4711/attempts/1`,
    });
    expect(await described(await on.as('demo-maintainer'))).toEqual({
      kind: 'person',
      person: 'Mara Maintainer (demo-maintainer)',
    });
  });

  it('is told as it stands where nobody of now is meant', async () => {
    const told = (by: string) => describeSubmitter({ ctx: portal, input: { project, by } });
    expect(await told('operator:demo')).toEqual({ kind: 'other', text: 'operator:demo' });
    expect(await told('person:somebody-who-left')).toEqual({ kind: 'person', person: 'somebody-who-left' });
    expect(await told('build:github/999/55/1 by person:somebody-who-left')).toEqual({
      kind: 'build',
      run: '55',
      attempt: '1',
      address: null,
      person: 'somebody-who-left',
    });
  });
});

describe('a request that is submitted again', () => {
  it('has the same artifact and provenance, and each names the other', async () => {
    const id = await submit(await build());
    const again = (ctx: Context, more: object = {}) =>
      resubmitRequest({
        ctx,
        input: { id, policy: null, configuration: null, parameters: null, idempotencyKey: null, ...more },
      });
    expect(await again(await as(token))).toEqual({ id, created: false });
    const { id: other, created } = await again(await as(token), { policy: test });
    expect(created).toBe(true);
    const [first, second] = [await read(id), await read(other)];
    expect([second.resubmissionOf, first.resubmissions]).toEqual([id, [other]]);
    expect([second.artifact, second.bundleSha256]).toEqual([first.artifact, first.bundleSha256]);
    await stands(id, 'denied');
    expect((await again(await as(token))).created).toBe(true);
    await expect(again(await as(stranger), { policy: test })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(again(await as(token), { configuration: parsePolicySlug('x') })).rejects.toMatchObject({
      code: 'CONFIGURATION_OF_POLICY',
    });
  });
});
