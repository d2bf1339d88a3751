import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { primaryLimit, secondaryLimit } from '../../../../dev/github/index.ts';
import { openGitHub } from '../index.ts';
import { onFake, refused } from './on-fake.fixture.ts';

const on = onFake();
const reads = (): number => on.asked('GET', /\/git\/ref\//);
const down = { kind: 'status', status: 503 } as const;

describe('signing in to GitHub as an app', () => {
  it('requests an installation token once and uses it', async () => {
    await on.main();
    await on.main();
    expect(on.asked('POST', /access_tokens$/)).toBe(1);
  });

  it('is refused with a key that isn’t the app’s', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const { url, facts } = on.fake;
    const host = openGitHub({
      apiUrl: url,
      app: { appId: facts.appId, installationId: facts.installationId, privateKey },
      repository: { owner: facts.owner, name: facts.name, id: String(facts.repositoryId) },
      timing: { secondMilliseconds: 1, paced: false },
    });
    await expect(host.branchHead('main')).rejects.toEqual(refused('UNAUTHENTICATED'));
  });

  it('reports a key that isn’t valid', async () => {
    const { url, facts } = on.fake;
    const host = openGitHub({
      apiUrl: url,
      app: { appId: facts.appId, installationId: facts.installationId, privateKey: 'not a key' },
      repository: { owner: facts.owner, name: facts.name, id: String(facts.repositoryId) },
    });
    await expect(host.branchHead('main')).rejects.toEqual(refused('UNAUTHENTICATED'));
  });

  it('fetches a new token when the one it has was revoked', async () => {
    const head = await on.main();
    on.fake.revokeTokens();
    expect(await on.host.branchHead('main')).toBe(head);
    expect(on.asked('POST', /access_tokens$/)).toBe(2);
  });

  it('refuses a name that now leads to another repository', async () => {
    const { url, facts, privateKey } = on.fake;
    const host = openGitHub({
      apiUrl: url,
      app: { appId: facts.appId, installationId: facts.installationId, privateKey },
      repository: { owner: facts.owner, name: facts.name, id: '1' },
      timing: { secondMilliseconds: 1, paced: false },
    });
    await expect(host.branchHead('main')).rejects.toEqual(refused('WRONG_REPOSITORY'));
    expect(reads()).toBe(0);
  });

  it('says FORBIDDEN where a permission is missing', async () => {
    const missing = {
      kind: 'status',
      status: 403,
      message: 'Resource not accessible by integration',
    } as const;
    on.fake.inject({ path: /\/git\/ref\//, mishap: missing });
    await expect(on.host.branchHead('main')).rejects.toEqual(refused('FORBIDDEN'));
    expect(reads()).toBe(1);
  });
});

describe('a GitHub that is down', () => {
  it('is asked again until it answers', async () => {
    on.fake.inject({ path: /\/git\/ref\//, times: 2, mishap: down });
    expect(await on.host.branchHead('main')).toMatch(/^[0-9a-f]{40}$/);
    expect(reads()).toBe(3);
  });

  it('is UNAVAILABLE after a few attempts, never “not found”', async () => {
    on.fake.inject({ path: /\/git\/ref\//, times: 99, mishap: down });
    await expect(on.host.branchHead('main')).rejects.toEqual(refused('UNAVAILABLE'));
    expect(reads()).toBe(4);
  });

  it('is UNAVAILABLE when nobody listens at all, and works when it is back', async () => {
    const lost = { kind: 'status', status: 500 } as const;
    on.fake.inject({ path: /^\/repos\/[^/]+\/[^/]+$/, times: 4, mishap: lost });
    await expect(on.host.branchHead('main')).rejects.toEqual(refused('UNAVAILABLE'));
    expect(await on.host.branchHead('main')).toMatch(/^[0-9a-f]{40}$/);
    const { facts, privateKey } = on.fake;
    const nobody = openGitHub({
      apiUrl: 'http://127.0.0.1:9',
      app: { appId: facts.appId, installationId: facts.installationId, privateKey },
      repository: { owner: facts.owner, name: facts.name, id: String(facts.repositoryId) },
      timing: { secondMilliseconds: 1, paced: false },
    });
    await expect(nobody.branchHead('main')).rejects.toEqual(refused('UNAVAILABLE'));
  });

  it('is UNAVAILABLE when it answers too slowly', async () => {
    const host = on.open({ timeoutMilliseconds: 150, retries: 1 });
    on.fake.inject({ path: /^/, times: 99, mishap: { kind: 'silent' } });
    await expect(host.branchHead('main')).rejects.toEqual(refused('UNAVAILABLE'));
  });
});

describe('GitHub’s limits', () => {
  it('waits as long as a secondary limit says and continues', async () => {
    on.fake.inject({ path: /\/git\/ref\//, mishap: secondaryLimit(3) });
    expect(await on.host.branchHead('main')).toMatch(/^[0-9a-f]{40}$/);
    expect(reads()).toBe(2);
  });

  it('doesn’t wait out a long one: RATE_LIMITED, with the time, and nothing is sent until then', async () => {
    let now = new Date('2026-11-23T12:00:00Z');
    const host = on.open({ now: () => now });
    on.fake.inject({ path: /\/git\/ref\//, mishap: secondaryLimit(120) });
    const retryAt = new Date('2026-11-23T12:02:00Z');
    const limited = expect.objectContaining({ code: 'RATE_LIMITED', retryAt }) as unknown;
    await expect(host.branchHead('main')).rejects.toEqual(limited);
    const sent = on.fake.log.length;
    now = new Date('2026-11-23T12:01:59Z');
    await expect(host.branchHead('main')).rejects.toEqual(limited);
    expect(on.fake.log).toHaveLength(sent);
    now = new Date('2026-11-23T12:02:00Z');
    expect(await host.branchHead('main')).toMatch(/^[0-9a-f]{40}$/);
  });

  it('uses the reset time of the primary limit (429)', async () => {
    const reset = Math.floor(Date.now() / 1000) + 1800;
    on.fake.inject({ path: /\/git\/ref\//, mishap: primaryLimit(reset) });
    const retryAt = new Date(reset * 1000);
    const limited = expect.objectContaining({ code: 'RATE_LIMITED', retryAt, status: 429 }) as unknown;
    await expect(on.host.branchHead('main')).rejects.toEqual(limited);
    expect(reads()).toBe(1);
  });

  it('gives up on a limit that doesn’t end', async () => {
    on.fake.inject({ path: /\/git\/ref\//, times: 99, mishap: secondaryLimit(1) });
    await expect(on.host.branchHead('main')).rejects.toEqual(refused('RATE_LIMITED'));
    expect(reads()).toBe(3);
  });

  it('leaves a second between writes when paced', async () => {
    const host = on.open({ paced: true });
    const base = await on.main();
    const started = Date.now();
    const changes = [{ path: 'README.md', content: 'x\n' }];
    await host.createBranch({ branch: 'paced', base, message: 'Slowly', changes });
    // tree, commit, ref: two pauses
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_900);
  });
});

describe('answers of GitHub', () => {
  it('are cached by ETag: what didn’t change is requested conditionally and not sent again', async () => {
    await on.propose();
    const first = await on.host.pullRequest(1);
    const again = await on.host.pullRequest(1);
    expect(again).toEqual(first);
    expect(on.fake.log.at(-1)).toMatchObject({ status: 304, conditional: true });
    await on.host.updatePullRequest({ number: 1, title: 'Changed' });
    expect(await on.host.pullRequest(1)).toMatchObject({ title: 'Changed' });
    expect(on.fake.log.at(-1)).toMatchObject({ status: 200, conditional: true });
  });

  it('of a list are cached page by page, and a new last item still shows', async () => {
    await on.propose();
    for (let index = 0; index < 101; index += 1) {
      on.fake.people.review({ number: 1, by: `r${index}`, state: 'APPROVED' });
    }
    expect(await on.host.reviews(1)).toHaveLength(101);
    on.fake.people.review({ number: 1, by: 'late', state: 'APPROVED' });
    expect(await on.host.reviews(1)).toHaveLength(102);
    const statuses = on.fake.log.slice(-2).map(({ status }) => status);
    expect(statuses).toEqual([304, 200]);
  });

  it.each(['cut', 'halved'] as const)('that are %s are requested once more', async (kind) => {
    await on.propose();
    on.fake.inject({ path: /\/pulls\/1$/, mishap: { kind } });
    expect(await on.host.pullRequest(1)).toMatchObject({ number: 1 });
    expect(on.asked('GET', /\/pulls\/1$/)).toBe(2);
  });

  it.each(['cut', 'halved'] as const)('that remain %s are PARTIAL, and never cached', async (kind) => {
    await on.propose();
    on.fake.inject({ path: /\/pulls\/1$/, times: 2, mishap: { kind } });
    await expect(on.host.pullRequest(1)).rejects.toEqual(refused('PARTIAL'));
    expect(await on.host.pullRequest(1)).toMatchObject({ number: 1 });
    expect(on.fake.log.at(-1)).toMatchObject({ status: 200, conditional: false });
  });

  it.each(['head', 'base', 'user', 'state', 'merged_at', 'mergeable'])(
    'that lack %s are PARTIAL',
    async (field) => {
      const { number } = await on.propose();
      on.fake.inject({ path: /\/pulls\/1$/, times: 2, mishap: { kind: 'without', field } });
      await expect(on.host.mergeState(number)).rejects.toEqual(refused('PARTIAL'));
    },
  );

  it('without the files of a comparison are PARTIAL, not “nothing changed”', async () => {
    const { head, base } = await on.propose();
    on.fake.inject({ path: /\/compare\//, times: 2, mishap: { kind: 'without', field: 'files' } });
    const compared = on.host.compare({ base: base.commit, head: head.commit });
    await expect(compared).rejects.toEqual(refused('PARTIAL'));
  });

  it('larger than 8 MiB aren’t read to the end', async () => {
    const large = { 'large.yaml': 'x'.repeat(9 * 1024 * 1024) };
    on.fake.people.push({ branch: 'large', changes: large });
    const commit = await on.host.branchHead('large');
    if (commit === null) throw new Error('the push failed');
    await expect(on.host.readFile({ commit, path: 'large.yaml' })).rejects.toEqual(refused('PARTIAL'));
  });

  it('of every described endpoint that is used fit GitHub’s OpenAPI description', async ({ skip }) => {
    const { described } = on.fake;
    if (described === null) {
      skip('../shared/cases/github-openapi-slice.json is absent');
      return;
    }
    const { number } = await on.propose();
    await on.host.mergeState(number);
    const at = '/repos/{owner}/{repo}';
    expect([...described].sort()).toEqual([
      `GET ${at}`,
      `GET ${at}/compare/{basehead}`,
      `GET ${at}/git/ref/{ref}`,
    ]);
  });
});
