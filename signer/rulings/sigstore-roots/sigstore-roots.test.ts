import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestBuildSystem } from '../../../dev/build-system/fixture.ts';
import type { BuildSystem, TufRepository } from '#core/generated/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { openSigstoreRoots, type SigstoreRoots } from './index.ts';
import { openMirror } from './mirror.ts';
import { openTufRepository } from './repository.fixture.ts';

const day = 86_400_000;
const hour = day / 24;
const silent = { warn: () => undefined, info: () => undefined };

let first: Awaited<ReturnType<typeof openTestBuildSystem>>;
let second: Awaited<ReturnType<typeof openTestBuildSystem>>;
const rootText = (build: typeof first): string => JSON.stringify(build.buildSystem.trustedRoot());

let folder = '';
let repository: Awaited<ReturnType<typeof openTufRepository>>;
let clock = 0;
const opened: SigstoreRoots[] = [];

beforeAll(async () => {
  first = await openTestBuildSystem();
  second = await openTestBuildSystem();
});
afterAll(() => {
  first.remove();
  second.remove();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigstore-roots-'));
  repository = await openTufRepository();
  repository.publish({ trustedRoot: rootText(first) });
  clock = Date.now();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((roots) => roots.stop()));
  await repository.close();
  rmSync(folder, { recursive: true });
});

/** As a signer that has just started. */
function open(lookSeconds = 20): SigstoreRoots {
  const roots = openSigstoreRoots({
    installed: new Map(),
    directory: folder,
    log: silent,
    now: () => new Date(clock),
    lookSeconds,
  });
  opened.push(roots);
  return roots;
}
const system = (tuf: TufRepository): BuildSystem => ({ name: 'ci', issuer: 'https://issuer.example', tuf });
const policy = (tuf: TufRepository): PolicySnapshot =>
  ({ trustRoot: { value: { buildSystems: [system(tuf)] } } }) as unknown as PolicySnapshot;
const used = async (roots: SigstoreRoots, tuf = repository.tuf()) => roots.of(system(tuf));

/** Whose bundles verify with what the signer knows now. */
async function believes(roots: SigstoreRoots, build: typeof first): Promise<boolean> {
  const { trustRoot } = await used(roots);
  return (await build.verify(await build.attest(), { trustRoot })).ok;
}

describe('a trust root that is followed by TUF', () => {
  test('is fetched, verified from the pinned root, and there after a restart without network', async () => {
    const roots = open();
    await expect(used(roots)).rejects.toThrow(/was not fetched from http/);
    await roots.follow(policy(repository.tuf()));
    expect(await believes(roots, first)).toBe(true);
    expect(await believes(roots, second)).toBe(false);
    await repository.close();
    clock += 6 * day;
    const later = open();
    await later.follow(policy(repository.tuf()));
    expect(await believes(later, first)).toBe(true);
    expect((await used(later)).checked).toMatchObject({ at: new Date(clock - 6 * day) });
    expect(await later.health()).toMatchObject({ state: 'degraded' });
  });

  test('is replaced by a newer one, also under a root with other keys', async () => {
    const roots = open();
    await roots.follow(policy(repository.tuf()));
    repository.publish({ trustedRoot: rootText(second), rotate: true });
    clock += 7 * hour;
    await roots.follow(policy(repository.tuf()));
    expect(await believes(roots, second)).toBe(true);
    expect(await believes(roots, first)).toBe(false);
    expect(await roots.health()).toMatchObject({
      state: 'ok',
      measures: {
        checked_timestamp_seconds: clock / 1000,
        stale_timestamp_seconds: (clock + 7 * day) / 1000,
      },
    });
  });

  test('older than the policy allows holds requests up until a look succeeds', async () => {
    await open().follow(policy(repository.tuf()));
    const before = repository.keep();
    repository.lie((response) => response.writeHead(503).end());
    clock += 7 * day + 1000;
    const roots = open();
    await roots.follow(policy(repository.tuf()));
    const asked = used(roots);
    await expect(asked).rejects.toBeInstanceOf(Unavailable);
    await expect(asked).rejects.toThrow(/lets it be used for 7 days: .*503/);
    expect(await roots.health()).toMatchObject({ state: 'down' });
    before();
    repository.lie(null);
    clock += hour;
    await roots.follow(policy(repository.tuf()));
    expect(await believes(roots, first)).toBe(true);
  });

  test('confirmed in the future counts for nothing', async () => {
    await open().follow(policy(repository.tuf()));
    clock -= hour;
    repository.lie((response) => response.writeHead(500).end());
    const roots = open();
    await expect(used(roots)).rejects.toThrow(/was last confirmed at/);
  });

  test.each([
    ['that succeeded', null],
    ['that failed', 500],
  ])(
    'is looked at anew by the same signer once a clock that ran ahead is right, after a look %s',
    async (_what, status) => {
      const roots = open();
      clock += 10 * hour;
      if (status !== null) repository.lie((response) => response.writeHead(status).end());
      await roots.follow(policy(repository.tuf()));
      clock -= 10 * hour;
      repository.lie(null);
      await expect(used(roots)).rejects.toBeInstanceOf(Unavailable);
      await roots.follow(policy(repository.tuf()));
      expect((await used(roots)).checked?.at).toEqual(new Date(clock));
    },
  );

  test('isn’t believed from another mirror or under another pinned root', async () => {
    await open().follow(policy(repository.tuf()));
    const stranger = await openTufRepository();
    stranger.publish({ trustedRoot: rootText(second) });
    for (const tuf of [
      repository.tuf({ root: stranger.tuf().root }),
      repository.tuf({ mirror: stranger.tuf().mirror }),
    ]) {
      const roots = open();
      await roots.follow(policy(tuf));
      await expect(used(roots, tuf)).rejects.toThrow(/was not fetched/);
    }
    await stranger.close();
  });

  test.each([
    ['in its shape', 'checkedAt', 'checkedAT'],
    ['in a value alone', 'checkedAt\\":\\"20', 'checkedAt\\":\\"19'],
  ])('whose record is damaged %s holds requests up, and no mirror can mend it', async (_what, from, to) => {
    await open().follow(policy(repository.tuf()));
    const [name = ''] = readdirSync(folder);
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    const roots = open();
    await roots.follow(policy(repository.tuf()));
    await expect(used(roots)).rejects.toThrow(/can’t be read: .* is damaged/);
    expect(await roots.health()).toMatchObject({ state: 'down' });
  });

  test('leaves nothing of a look behind but its record', async () => {
    await open().follow(policy(repository.tuf()));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('is looked at every six hours, and after failures ever more slowly', async () => {
    const roots = open();
    const looks = async (after: number): Promise<number> => {
      clock += after;
      const before = repository.asked.length;
      await roots.follow(policy(repository.tuf()));
      return repository.asked.length - before;
    };
    expect(await looks(0)).toBeGreaterThan(0);
    expect(await looks(5 * hour)).toBe(0);
    repository.lie((response) => response.writeHead(500).end());
    expect(await looks(hour)).toBe(1);
    expect(await looks(59_000)).toBe(0);
    expect(await looks(1000)).toBe(1);
    expect(await looks(119_000)).toBe(0);
    expect(await looks(1000)).toBe(1);
    for (let round = 0; round < 10; round += 1) await looks(hour);
    expect(await looks(hour)).toBe(1);
  });
});

/** Each leaves the signer with what it knew, and says why. */
describe('a mirror', () => {
  type Repository = typeof repository;
  const lies: readonly [string, (repository: Repository) => void, RegExp][] = [
    [
      'that stands still until its timestamp has expired',
      (mirror) => mirror.publish({ trustedRoot: rootText(second), expiresInDays: { timestamp: -1 } }),
      /timestamp.json is expired/,
    ],
    [
      'whose snapshot has expired',
      (mirror) => mirror.publish({ trustedRoot: rootText(second), expiresInDays: { snapshot: -1 } }),
      /snapshot.json is expired/,
    ],
    [
      'whose targets have expired',
      (mirror) => mirror.publish({ trustedRoot: rootText(second), expiresInDays: { targets: -1 } }),
      /targets.json is expired/,
    ],
    [
      'whose newest root has expired',
      (mirror) => mirror.publish({ trustedRoot: rootText(second), expiresInDays: { root: -1 } }),
      /root.json is expired/,
    ],
    [
      'that signs with a stranger’s key',
      (mirror) => mirror.publish({ trustedRoot: rootText(second), forged: true }),
      /timestamp was signed by 0\/1/,
    ],
    [
      'with other bytes than were signed',
      (mirror) => {
        mirror.publish({ trustedRoot: rootText(second) });
        const place = mirror.places().findLast((one) => one.startsWith('targets/')) ?? '';
        mirror.replace(place, rootText(second).replace('2', '3'));
      },
      /hash/i,
    ],
    ['without a trust root', (mirror) => mirror.publish({ trustedRoot: null }), /has no trusted_root.json/],
    [
      'with a trust root that names no authority',
      (mirror) => mirror.publish({ trustedRoot: '{"mediaType":"application/vnd.dev.sigstore.trustedroot"}' }),
      /no certificate authority/,
    ],
    ['with a trust root that is no JSON', (mirror) => mirror.publish({ trustedRoot: 'none' }), /JSON/],
    ['that answers with a page', (mirror) => mirror.lie((to) => to.end('<html>')), /JSON/],
    ['that answers with nothing', (mirror) => mirror.lie((to) => to.end()), /JSON/],
    ['that answers 500', (mirror) => mirror.lie((to) => to.writeHead(500).end()), /500/],
    [
      'that sends the client elsewhere',
      (mirror) => {
        mirror.publish({ trustedRoot: rootText(second) });
        mirror.lie((to, path) => {
          if (path.startsWith('moved/')) mirror.answer(to, path.slice('moved/'.length));
          else to.writeHead(302, { location: `/repository/moved/${path}` }).end();
        });
      },
      /redirect/,
    ],
    [
      'that sends more than a file may have',
      (mirror) => mirror.lie((to) => to.end('x'.repeat(600 * 1024))),
      /sent over 524288 bytes/,
    ],
    ['that never answers', (mirror) => mirror.lie(() => undefined), /no answer in time/],
    ['that hangs up', (mirror) => mirror.lie((to) => to.destroy()), /fetch failed/],
  ];
  test.each(lies)('%s replaces nothing', { timeout: 20_000 }, async (_what, lie, problem) => {
    await open().follow(policy(repository.tuf()));
    lie(repository);
    const confirmed = clock;
    clock += 7 * hour;
    const roots = open(0.5);
    await roots.follow(policy(repository.tuf()));
    expect(await believes(roots, first)).toBe(true);
    expect((await used(roots)).checked?.at).toEqual(new Date(confirmed));
    expect((await roots.health()).detail).toMatch(problem);
  });

  test('that goes back to older metadata replaces nothing', async () => {
    const older = repository.keep();
    repository.publish({ trustedRoot: rootText(second) });
    await open().follow(policy(repository.tuf()));
    older();
    clock += 7 * hour;
    const roots = open();
    await roots.follow(policy(repository.tuf()));
    expect(await believes(roots, second)).toBe(true);
    expect((await roots.health()).detail).toMatch(/less than current version/);
  });

  test('sends no more in all than a repository has', async () => {
    repository.lie((to) => to.end(Buffer.alloc(5 * 1024 * 1024)));
    const mirror = openMirror(folder, AbortSignal.timeout(20_000));
    const url = `${repository.tuf().mirror}/timestamp.json`;
    expect(await mirror.downloadBytes(url, 6 * 1024 * 1024)).toHaveLength(5 * 1024 * 1024);
    await expect(mirror.downloadBytes(url, 6 * 1024 * 1024)).rejects.toThrow(/sent over/);
  });

  test('can’t make a signer believe a root of another kind than the policy says', async () => {
    const tuf = repository.tuf({ kind: 'public-good' });
    await open().follow(policy(tuf));
    repository.publish({
      trustedRoot: JSON.stringify(first.buildSystem.trustedRoot({ logs: false, timestampAuthorities: [[]] })),
    });
    clock += 7 * hour;
    const roots = open();
    await roots.follow(policy(tuf));
    expect((await roots.health()).detail).toMatch(/lacks the transparency log/);
    expect((await used(roots, tuf)).trustRoot.thresholds.tlogThreshold).toBe(1);
    // The policy's kind counts for what is known already, too.
    await expect(used(roots, repository.tuf({ kind: 'github' }))).rejects.toThrow(/timestamp authority/);
  });
});
