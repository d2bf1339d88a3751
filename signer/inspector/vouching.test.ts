/** A file that speaks for others is signed only where those others are in the same artifact, declared as what they are. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalog, flat, ofProgram } from '#core/formats/catalog/catalog.fixture.ts';
import { parsePe } from '#core/formats/pe/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { anyFiles, failed, openBench, program, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const inf = Buffer.from('[Version]\n');
const listed = { sys: await ofProgram('driver.sys', program), inf: flat('driver.inf', inf) };
const cat = { type: 'catalog', path: '*.cat', sign } as const;
const sys = { type: 'pe', path: '*.sys' } as const;
const driver = (...contents: Extract<RootElement, { type: 'zip' }>['contents']): RootElement => ({
  type: 'zip',
  contents: [...contents, anyFiles] as Extract<RootElement, { type: 'zip' }>['contents'],
});
const packed = (bytes: Uint8Array) =>
  zip([
    { name: 'driver.cat', content: bytes },
    { name: 'driver.sys', content: program },
    { name: 'driver.inf', content: inf },
  ]);

test('a catalog whose files are all present is offered for signing, and so is a program on it', async () => {
  const report = await bench.inspect(
    packed(catalog([listed.sys, listed.inf])),
    driver(cat, { ...sys, sign }),
  );
  expect(failed(report)).toEqual([]);
  expect(report.signTargets.map(({ path, kind }) => [path, kind.kind])).toEqual([
    [['driver.cat'], 'program'],
    [['driver.sys'], 'program'],
  ]);
  expect(report.findings).toContainEqual(
    expect.objectContaining({ rule: 'inspection.vouched', outcome: 'pass', path: ['driver.cat'] }),
  );
});

test('a catalog that lists a missing file is refused, with the file’s name', async () => {
  const elsewhere = flat('elsewhere.dll', Buffer.from('another file'));
  const report = await bench.inspect(packed(catalog([listed.sys, elsewhere])), driver(cat, sys));
  expect(failed(report)).toEqual(['inspection.vouched-absent']);
  expect(report.signTargets).toEqual([]);
  expect(report.findings.find(({ outcome }) => outcome === 'fail')?.message).toContain('elsewhere.dll');
});

test('a file that is only inside an undeclared archive doesn’t count', async () => {
  const bytes = zip([
    { name: 'driver.cat', content: catalog([listed.inf]) },
    { name: 'more.zip', content: zip([{ name: 'driver.inf', content: inf }]) },
  ]);
  expect(failed(await bench.inspect(bytes, driver(cat)))).toEqual(['inspection.vouched-absent']);
});

test('a program declared as a plain file is not signed through a catalog', async () => {
  const report = await bench.inspect(packed(catalog([listed.sys])), driver(cat));
  expect(failed(report)).toEqual(['inspection.vouched-undeclared']);
  // The same bytes, declared as a program in one place and as a plain file in another.
  const twice = zip([
    { name: 'driver.cat', content: catalog([listed.sys]) },
    { name: 'driver.sys', content: program },
    { name: 'driver.bin', content: program },
  ]);
  expect(failed(await bench.inspect(twice, driver(cat, sys)))).toEqual(['inspection.vouched-undeclared']);
});

test('a full digest of a file that gets signed, or of an archive around one, is refused, since it would no longer match', async () => {
  const whole = flat('driver.sys', program);
  const report = await bench.inspect(packed(catalog([whole])), driver(cat, { ...sys, sign }));
  expect(failed(report)).toEqual(['inspection.vouched-ambiguous', 'inspection.vouched-changing']);
  const inner = zip([{ name: 'driver.sys', content: program }]);
  const bytes = zip([
    { name: 'driver.cat', content: catalog([flat('inner.zip', inner)]) },
    { name: 'inner.zip', content: inner },
  ]);
  const around = driver(cat, { type: 'zip', path: 'inner.zip', contents: [{ ...sys, sign }] });
  expect(failed(await bench.inspect(bytes, around))).toEqual(['inspection.vouched-changing']);
});

test('a full digest of a file that begins like a program is refused, since it may be another program’s', async () => {
  // What Authenticode hashes of a program, as a file: no program any more, and the digest of its bytes is the program’s.
  const { checksumOffset, certificateDirectoryOffset } = await parsePe(memorySource(program));
  const counted = Buffer.concat([
    program.subarray(0, checksumOffset),
    program.subarray(checksumOffset + 4, certificateDirectoryOffset),
    program.subarray(certificateDirectoryOffset + 8),
    new Uint8Array((8 - (program.length % 8)) % 8),
  ]);
  expect(flat('driver.bin', counted).digest).toEqual(listed.sys.digest);
  const bytes = zip([
    { name: 'driver.cat', content: catalog([listed.sys]) },
    { name: 'driver.bin', content: counted },
  ]);
  expect(failed(await bench.inspect(bytes, driver(cat)))).toEqual(['inspection.vouched-ambiguous']);
  // Nor is a program’s own file, which Windows never looks for by the digest of all its bytes.
  const whole = packed(catalog([flat('driver.sys', program)]));
  expect(failed(await bench.inspect(whole, driver(cat, sys)))).toEqual(['inspection.vouched-ambiguous']);
});

test('a catalog that is already signed, empty, damaged or alone is refused; unsigned ones may be kept as they are', async () => {
  expect(failed(await bench.inspect(packed(catalog([])), driver(cat, sys)))).toEqual(['catalog.empty']);
  expect(failed(await bench.inspect(packed(inf), driver(cat, sys)))).toEqual(['catalog.not-catalog']);
  const alone = await bench.inspect(catalog([listed.inf]), { type: 'catalog', sign });
  expect(failed(alone)).toEqual(['inspection.vouched-absent']);
  const kept = await bench.inspect(
    packed(catalog([listed.inf])),
    driver({ type: 'catalog', path: '*.cat' }, sys, {
      ...sys,
      path: '*.exe',
      matches: { min: 0, max: 1 },
      sign,
    }),
  );
  expect(failed(kept)).toEqual([]);
  const undeclared = await bench.inspect(packed(catalog([listed.inf])), driver(sys));
  expect(undeclared.findings).toContainEqual(expect.objectContaining({ rule: 'catalog.undeclared' }));
});
