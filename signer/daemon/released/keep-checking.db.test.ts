import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { testDatabase, testFolder } from '../../../dev/test/index.ts';
import { objectPath } from '../../../lib/host/object-store/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { openReleasedFiles } from '../../ground/store/index.ts';
import { keepCheckingReleased, type ReleasedWatch } from './index.ts';

interface Put {
  readonly requestId: string;
  readonly file: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

describe('released files that are lost or changed', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let work: Awaited<ReturnType<typeof testFolder>>;
  let database: Database;
  let watch: ReleasedWatch;
  let time: number;
  let said: { readonly facts: Record<string, unknown>; readonly words: string }[];
  const folder = (): string => join(work.folder, 'released');
  const open = (readsBytes = true): ReleasedWatch => {
    const heard = (facts: Record<string, unknown>, words: string) => void said.push({ facts, words });
    return keepCheckingReleased({
      database,
      files: openReleasedFiles(folder()),
      readsBytes,
      log: { error: heard, info: heard, warn: heard } as never,
      now: () => new Date(time),
      everySeconds: 3600,
    });
  };
  beforeEach(async () => {
    [urls, work] = [await testDatabase(), await testFolder('released')];
    database = openDatabase(urls.signer, () => undefined);
    [time, said] = [Date.parse('2026-11-30T12:00:00Z'), []];
    await mkdir(folder());
    watch = open();
  });
  afterEach(async () => {
    await watch.stop();
    await database.close();
    await urls.release();
    await work.release();
  });

  async function put(size = 100): Promise<Put> {
    const [requestId, bytes] = [randomUUID(), randomBytes(size)];
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const file = objectPath(folder(), parseSha256Hex(sha256));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    await database.query(`INSERT INTO signer.release VALUES ($1, $2, $3, 'a.zip', now())`, [
      requestId,
      sha256,
      size,
    ]);
    return { requestId, file, bytes, sha256 };
  }
  /** All, once more, however many rounds that takes. */
  const all = async (rounds = 4): Promise<void> => {
    time += 600_000;
    for (let round = 0; round < rounds; round += 1) await watch.round();
  };

  it('are named with their request and what to do, counted, logged once; and are well again once restored', async () => {
    const files = await Promise.all(Array.from({ length: 45 }, () => put()));
    await all();
    expect(watch.report()).toMatchObject({
      state: 'ok',
      detail: 'none is missing or changed: all were asked for at least once',
      measures: { missing: 0, changed: 0, asked: 45, checked_timestamp_seconds: time / 1000 },
    });
    const [lost, changed, short] = [files[7], files[23], files[44]];
    if (lost === undefined || changed === undefined || short === undefined) throw new RangeError('too few');
    await rm(lost.file);
    await writeFile(changed.file, randomBytes(100));
    await truncate(short.file, 99);
    await all();
    await all();
    const report = watch.report();
    expect(report).toMatchObject({ state: 'degraded', measures: { missing: 1, changed: 2 } });
    expect(report.detail).toContain(`${lost.sha256} of request ${lost.requestId} is missing`);
    expect(report.detail).toContain(`${changed.sha256} of request ${changed.requestId} is changed`);
    expect(report.detail).toMatch(
      /: restore it from a backup of the release store, or have .* \(docs\/guides\/recovery\.md\)$/,
    );
    expect(said).toHaveLength(3);
    for (const { file, bytes } of [lost, changed, short]) await writeFile(file, bytes);
    await watch.round();
    expect(watch.report()).toMatchObject({ state: 'ok', measures: { missing: 0, changed: 0 } });
    expect(said.filter(({ words }) => words === 'a released file is there again')).toHaveLength(3);
  });

  it('are found though more has to be read than a round may: each time other files are read', async () => {
    const large = await Promise.all(Array.from({ length: 3 }, () => put(17 * 1024 * 1024)));
    for (const { file } of large) await writeFile(file, randomBytes(17 * 1024 * 1024));
    await all(1);
    expect(watch.report().measures).toMatchObject({ changed: 1, asked: 3 });
    await all(1);
    await all(1);
    expect(watch.report().measures).toMatchObject({ changed: 3 });
  });

  it('a folder of the store that is gone is all of its files; one that can’t be asked is none', async () => {
    await put();
    await rm(folder(), { recursive: true });
    await all(1);
    expect(watch.report().measures).toMatchObject({ missing: 1 });
    await watch.stop();
    await writeFile(folder(), 'a file in its place');
    watch = open();
    await watch.round();
    expect(watch.report()).toMatchObject({ state: 'degraded', measures: { missing: 0, changed: 0 } });
    expect(watch.report().detail).toContain('can’t be looked at');
  });

  it('of a bucket are asked for, and not read', async () => {
    const { file } = await put();
    await watch.stop();
    watch = open(false);
    await writeFile(file, randomBytes(100));
    await all(1);
    expect(watch.report().measures).toMatchObject({ changed: 0 });
    await rm(file);
    await all(1);
    expect(watch.report().measures).toMatchObject({ missing: 1 });
  });
});
