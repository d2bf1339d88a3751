/** What refusals say of files that are nearly what the configuration expects. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { anyFiles, inTgz, inZip, openBench, program, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const typed = async (bytes: Uint8Array, root: RootElement, of = 'artifact.type') =>
  (await bench.inspect(bytes, root)).findings
    .filter(({ rule }) => rule === of)
    .map(({ outcome, path, expected, found }) => [outcome, path.join(' '), expected, found]);

const archive = zip([{ name: 'a.exe', content: program }]);

test.each<[string, Uint8Array, RootElement, string, string]>([
  ['a zip as program', archive, { type: 'pe', sign }, 'pe', 'zip'],
  ['a program as zip', program, inZip, 'zip', 'pe'],
  ['a zip as tar.gz', archive, inTgz, 'tar.gz', 'zip'],
  ['a tar.gz as zip', gzipSync(tar({ name: 'a' })), inZip, 'zip', 'tar.gz'],
  ['a zip as installer', archive, { type: 'msi', sign }, 'msi', 'zip'],
  ['a program as Java archive', program, { type: 'jar', contents: [anyFiles] }, 'jar', 'pe'],
])('%s is refused with the type that it is', async (_title, bytes, root, expected, found) => {
  expect(await typed(bytes, root)).toEqual([['fail', '', expected, found]]);
});

test('what is broken, or of no known type, is only that', async () => {
  expect(await typed(program.subarray(0, 700), { type: 'pe', sign })).toEqual([]);
  expect(await typed(Buffer.from('text'), { type: 'pe', sign })).toEqual([]);
  expect(await typed(archive.subarray(0, -4), inZip)).toEqual([]);
});

test('an empty file is refused as one, and what several found alike is said once', async () => {
  const [none, wrong] = [Buffer.of(), 'archive.wrong-format'];
  expect(await typed(none, { type: 'pe', sign }, 'artifact.empty')).toEqual([['fail', '', 'pe', '0 bytes']]);
  expect(await typed(none, inZip, 'artifact.empty')).toEqual([['fail', '', 'zip', '0 bytes']]);
  expect(await typed(none, inZip, wrong)).toHaveLength(1);
});

test('a hostile artifact gets no more than twenty such hints', async () => {
  const files = Array.from({ length: 50 }, (_, at) => ({ name: `${at}.exe`, content: archive }));
  const root: RootElement = {
    type: 'zip',
    contents: [{ type: 'pe', path: '*.exe', matches: { min: 0, max: 'unbounded' }, sign }],
  };
  expect(await typed(zip(files), root)).toHaveLength(20);
});
