import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import { secondaryLimit } from '../../dev/github/index.ts';
import { findProvenance, lookUpBundle, readFetch, resumeFetches, removeOldFetches } from './index.ts';
import { openFetches, project, sha256Of } from './open-fetches.fixture.ts';

let on: Awaited<ReturnType<typeof openFetches>>;
beforeAll(async () => {
  on = await openFetches();
});
afterAll(() => on.close());

let made = 0;
/** Different each time, so that the store has none of it. */
const content = (size = 50_000): Buffer => {
  made += 1;
  return Buffer.alloc(size, `artifact ${made} `);
};
const failing = (code: string) => ({ state: 'failed', file: null, problem: { code } });
/** Lets the attempt that waits begin now. */
const hurry = (id: string) =>
  on.sql.query(`UPDATE portal.artifact_fetch SET next_at = now() - interval '1 hour' WHERE id = $1`, [id]);

describe('an artifact of a run', () => {
  it('is fetched as the host packed it, under the digest that the host says, and never twice', async () => {
    const bytes = content();
    const { id } = on.upload(bytes);
    const started = await on.begin(id);
    expect(started).toMatchObject({ state: 'fetching', created: true, file: null });
    const ended = await on.ended(started.id);
    expect(ended).toMatchObject({
      state: 'fetched',
      problem: null,
      file: { sha256: sha256Of(bytes), sizeBytes: bytes.length, name: 'package.zip', packed: true },
    });
    const looks = on.github.storage.requests.length;
    expect(await on.begin(id)).toMatchObject({ id: started.id, state: 'fetched', created: false });
    expect(on.github.storage.requests).toHaveLength(looks);
    expect(on.github.misfits).toEqual([]);
  });

  it('is one file where it was uploaded as it is, a zip among them', async () => {
    for (const name of ['setup.exe', 'tool.zip']) {
      const { id } = on.upload(content(), name, { archived: false });
      const ended = await on.ended((await on.begin(id)).id);
      expect(ended.file).toMatchObject({ name, packed: false });
    }
  });

  it('is asked for with the job’s token, which goes to the host alone and is kept nowhere', async () => {
    const token = on.jobToken();
    const { id } = on.upload(content());
    const { id: fetch } = await on.begin(id, { token });
    await on.ended(fetch);
    expect(on.github.storage.requests.map(({ authorization }) => authorization)).not.toContainEqual(
      expect.anything(),
    );
    const { rows } = await on.sql.query<{ row: unknown }>(
      'SELECT to_jsonb(f) AS row FROM portal.artifact_fetch f',
    );
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('of another run is refused, and one of another repository isn’t there', async () => {
    const { id } = on.upload(content(), 'package', { runId: 78 });
    expect(await on.ended((await on.begin(id)).id)).toMatchObject(failing('HOST_ARTIFACT_FOREIGN'));
    const other = { name: 'package', bytes: content(), runId: 77, repositoryId: 910_000_001 };
    const foreign = on.github.state.artifacts.upload(other);
    expect(await on.ended((await on.begin(foreign.id)).id)).toMatchObject(failing('HOST_ARTIFACT_MISSING'));
  });

  it('of a repository that has taken the policy’s name is refused', async () => {
    const { id } = on.upload(content());
    // Another repository, of another number, under the name that the policy gives.
    on.github.inject({
      path: new RegExp(`/artifacts/${id}$`),
      mishap: {
        kind: 'meanwhile',
        act: () => {
          const found = on.github.state.artifacts.byId.get(id);
          if (found === undefined) throw new Error('no artifact');
          const taken = { ...on.github.state.need(900_100_200), id: 31 };
          on.github.state.repositories.delete(900_100_200);
          on.github.state.repositories.set(31, taken);
          on.github.state.artifacts.byId.set(id, { ...found, repositoryId: 31 });
        },
      },
    });
    const ended = await on.ended((await on.begin(id)).id);
    const taken = on.github.state.need(31);
    on.github.state.repositories.delete(31);
    on.github.state.repositories.set(900_100_200, { ...taken, id: 900_100_200 });
    expect(ended).toMatchObject(failing('HOST_ARTIFACT_FOREIGN'));
  });

  it('that is expired, gone or too large is refused without a download', async () => {
    const [old, large] = [on.upload(content()), on.upload(content(4_000_001))];
    old.expired = true;
    const [looks, asked] = [on.github.storage.requests.length, on.github.log.length];
    expect(await on.ended((await on.begin(old.id)).id)).toMatchObject(failing('HOST_ARTIFACT_EXPIRED'));
    expect(await on.ended((await on.begin(large.id)).id)).toMatchObject(failing('ARTIFACT_TOO_LARGE'));
    expect(await on.ended((await on.begin('1')).id)).toMatchObject(failing('HOST_ARTIFACT_MISSING'));
    expect(on.github.storage.requests).toHaveLength(looks);
    // Nor is the host asked where the bytes are.
    expect(on.github.log.slice(asked).filter(({ path }) => path.endsWith('/zip'))).toEqual([]);
  });

  it('that expires between two questions is expired', async () => {
    const artifact = on.upload(content());
    on.github.inject({
      path: /\/zip$/,
      mishap: { kind: 'meanwhile', act: () => (artifact.expired = true) },
    });
    expect(await on.ended((await on.begin(artifact.id)).id)).toMatchObject(failing('HOST_ARTIFACT_EXPIRED'));
  });

  it('isn’t given for another repository’s token, for none, or for one that has ended', async () => {
    const { id } = on.upload(content());
    const foreign = on.github.jobToken(910_000_001);
    expect(await on.ended((await on.begin(id, { token: foreign })).id)).toMatchObject(
      failing('HOST_ACCESS_DENIED'),
    );
    expect(await on.ended((await on.begin(id, { token: 'ghs_ended' })).id)).toMatchObject(
      failing('HOST_ACCESS_DENIED'),
    );
    await expect(on.begin(id, { token: null })).rejects.toMatchObject({ code: 'HOST_ACCESS_DENIED' });
    // The same once more, with the right one, begins anew.
    expect(await on.ended((await on.begin(id)).id)).toMatchObject({ state: 'fetched' });
  });
});

describe('bytes of a host that misbehaves', () => {
  it('are refused where they aren’t what the host says of them, and nothing is kept', async () => {
    const other = content();
    const { id } = on.upload(content());
    on.github.storage.spoil({ kind: 'bytes', bytes: other });
    expect(await on.ended((await on.begin(id)).id)).toMatchObject(failing('HOST_ARTIFACT_CHANGED'));
    expect(await on.portal.store.open(sha256Of(other) as never)).toBeNull();
  });

  it.each(['cut', 'status'] as const)('are asked for again (%s), a few times', async (kind) => {
    const { id } = on.upload(content());
    on.github.storage.spoil(kind === 'cut' ? { kind } : { kind, status: 503 });
    const { id: fetch } = await on.begin(id);
    expect(await on.ended(fetch)).toMatchObject({
      state: 'fetching',
      problem: { code: 'CODE_HOST_UNAVAILABLE' },
    });
    await hurry(fetch);
    await resumeFetches(on.portal);
    expect(await on.ended(fetch)).toMatchObject({ state: 'fetched', problem: null });
    const next = on.upload(content());
    on.github.storage.spoil({ kind: 'status', status: 503 }, 5);
    const { id: hopeless } = await on.begin(next.id);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await on.ended(hopeless);
      await hurry(hopeless);
      await resumeFetches(on.portal);
    }
    expect(await on.ended(hopeless)).toMatchObject(failing('CODE_HOST_UNAVAILABLE'));
  });

  it('aren’t looked for where a second redirect or an internal address leads', async () => {
    const { id } = on.upload(content());
    on.github.storage.spoil({ kind: 'status', status: 302, location: 'http://127.0.0.1:9/' });
    expect(await on.ended((await on.begin(id)).id)).toMatchObject({
      problem: { code: 'CODE_HOST_UNAVAILABLE' },
    });
    for (const address of ['http://10.0.0.1/x', 'https://10.0.0.1/x', 'file:///etc/passwd']) {
      on.github.storage.leadTo(address);
      const ended = await on.ended((await on.begin(on.upload(content()).id)).id);
      expect(ended).toMatchObject(failing('HOST_ADDRESS_REFUSED'));
    }
    on.github.storage.leadTo(null);
  });

  it('wait for the host’s limit, and are given up where that is too long', async () => {
    const [soon, late] = [on.upload(content()), on.upload(content())];
    const limit = (seconds: number) => ({
      path: /\/actions\/artifacts\/\d+$/,
      mishap: secondaryLimit(seconds),
    });
    on.github.inject(limit(60));
    expect(await on.ended((await on.begin(soon.id)).id)).toMatchObject({ state: 'fetching' });
    on.github.inject(limit(3_000));
    expect(await on.ended((await on.begin(late.id)).id)).toMatchObject(failing('CODE_HOST_UNAVAILABLE'));
  });
});

describe('a portal that is started again', () => {
  /** As if the portal had died in the middle of it. */
  const orphan = async (id: string): Promise<void> => {
    await on.ended(id);
    await on.sql.query(
      `UPDATE portal.artifact_fetch SET state = 'fetching', sha256 = NULL, turn = gen_random_uuid(),
         turn_until = now() - interval '1 minute', next_at = now() - interval '1 hour' WHERE id = $1`,
      [id],
    );
  };
  const settled = async (id: string) => {
    await expect
      .poll(async () => (await readFetch({ ctx: on.portal, input: { id } }))?.state)
      .not.toBe('fetching');
    return readFetch({ ctx: on.portal, input: { id } });
  };

  it('goes on with its own token, and without one says that the job’s is gone', async () => {
    const [first, second] = [on.upload(content()), on.upload(content())];
    const { id } = await on.begin(first.id);
    await orphan(id);
    await resumeFetches(on.start({}, true));
    expect(await settled(id)).toMatchObject({ state: 'fetched' });

    const { id: other } = await on.begin(second.id);
    await orphan(other);
    await resumeFetches(on.start());
    expect(await settled(other)).toMatchObject(failing('CODE_HOST_UNAVAILABLE'));
    // The client sends it again, with its token.
    const again = await on.ctxOf(on.start());
    await on.begin(second.id, { ctx: again });
    expect(await settled(other)).toMatchObject({ state: 'fetched' });
  });

  it('leaves alone what another portal has in hand', async () => {
    const { id: artifact } = on.upload(content());
    const { id } = await on.begin(artifact);
    await orphan(id);
    await on.sql.query(
      `UPDATE portal.artifact_fetch SET turn_until = now() + interval '1 minute' WHERE id = $1`,
      [id],
    );
    await resumeFetches(on.portal);
    await on.begin(artifact);
    expect(await on.ended(id)).toMatchObject({ state: 'fetching' });
  });

  it('forgets fetches after a hundred days', async () => {
    await on.sql.query(
      `UPDATE portal.artifact_fetch SET requested_at = now() - interval '101 days' WHERE state <> 'fetching'`,
    );
    await removeOldFetches(on.portal);
    const { rows } = await on.sql.query(`SELECT 1 FROM portal.artifact_fetch WHERE state <> 'fetching'`);
    expect(rows).toEqual([]);
  });
});

describe('the provenance that the host keeps', () => {
  const find = (bytes: Buffer, runId: string | null = null, token: string | null = on.jobToken()) => {
    const policySlug = 'release-signing' as never;
    const asked = { policySlug, sha256: sha256Of(bytes) as never, runId, token };
    return on.portal.policies
      .at('' as never)
      .then(({ snapshot }) => snapshot.projects.get('esbuild-demo' as never)?.policies.get(policySlug)?.value)
      .then((policy) => findProvenance(on.portal, { ...asked, policy: policy as never }));
  };

  it('is that of the run where there are several, and the newest otherwise', async () => {
    const bytes = content();
    const first = await on.attest(bytes, '77');
    const second = await on.attest(bytes, '78');
    expect(await find(bytes)).toEqual(second);
    expect(await find(bytes, '77')).toEqual(first);
    expect(await find(bytes, '79')).toEqual(second);
    expect(on.github.misfits).toEqual([]);
  });

  it('is looked up for whoever may submit the file, and for nobody else', async () => {
    const bytes = content();
    const bundle = await on.attest(bytes);
    const asked = {
      project,
      policy: 'release-signing' as never,
      parameters: {},
      sha256: sha256Of(bytes) as never,
      runId: null,
      token: null,
    };
    expect(await lookUpBundle({ ctx: on.ctx, input: asked })).toEqual(bundle);
    // A host that is asked nothing has nothing to fail at.
    on.github.inject({ path: /attestations/, mishap: { kind: 'status', status: 500 } });
    const nobody = { ...on.ctx, actor: { kind: 'public' } } as never;
    await expect(lookUpBundle({ ctx: nobody, input: asked })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(lookUpBundle({ ctx: on.ctx, input: asked })).rejects.toMatchObject({
      code: 'CODE_HOST_UNAVAILABLE',
    });
  });

  it('is said to be missing with what to do, also where the host answers with other files’', async () => {
    const bytes = content();
    const code = 'ORIGIN_EVIDENCE_MISSING';
    await expect(find(bytes)).rejects.toMatchObject({ code });
    on.github.state.artifacts.attest(900_100_200, sha256Of(bytes), await on.attest(content()));
    await expect(find(bytes)).rejects.toMatchObject({ code });
  });

  it('is asked for as nobody where the token may not, and its absence is never guessed', async () => {
    const bytes = content();
    const bundle = await on.attest(bytes);
    on.github.inject({ path: /attestations/, mishap: { kind: 'status', status: 403 } });
    expect(await find(bytes)).toEqual(bundle);
    on.github.inject({ path: /attestations/, mishap: { kind: 'status', status: 500 } });
    await expect(find(bytes)).rejects.toMatchObject({ code: 'CODE_HOST_UNAVAILABLE' });
  });
});
