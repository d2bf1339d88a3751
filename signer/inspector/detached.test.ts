/** `detached`: a file of a declared type that is signed in a file beside it, too, after all else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { DetachedSign, RootElement } from '#core/generated/index.ts';
import { anyFiles, failed, openBench, program, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const openpgp = { method: 'openpgp' } as const;
const inZip = (...contents: Extract<RootElement, { type: 'zip' }>['contents']): RootElement => ({
  type: 'zip',
  contents: [...contents, anyFiles],
});

test('is a target of its own, after the one in the file, whose subject only the finished file has', async () => {
  const root = inZip({ type: 'pe', path: 'tool.exe', sign, detached: openpgp });
  const report = await bench.inspect(zip([{ name: 'tool.exe', content: program }]), root);
  expect(failed(report)).toEqual([]);
  expect(
    report.signTargets.map(({ path, detached, kind, subject }) => [
      path,
      detached,
      kind.kind,
      subject === null,
    ]),
  ).toEqual([
    [['tool.exe'], false, 'program', false],
    [['tool.exe'], true, 'program', true],
  ]);
});

test('needs no signature in the file: an archive, a program; the subject is known at once', async () => {
  const inner = tar({ name: 'readme', content: 'text' });
  const root = inZip(
    { type: 'tar', path: 'tool.tar', contents: [{ type: 'file', path: 'readme' }], detached: openpgp },
    { type: 'pe', path: 'tool.exe', detached: { method: 'raw' } },
  );
  const entries = [
    { name: 'tool.tar', content: inner },
    { name: 'tool.exe', content: program },
  ];
  const report = await bench.inspect(zip(entries), root);
  expect(failed(report)).toEqual([]);
  expect(report.signTargets.map(({ path, kind, subject }) => [path, kind.kind, subject === null])).toEqual([
    [['tool.tar'], 'other', false],
    [['tool.exe'], 'program', false],
  ]);
});

test('of an archive is about it as it is rebuilt around what is signed inside', async () => {
  const inner = tar({ name: 'tool.exe', content: program });
  const contents = [{ type: 'pe' as const, path: 'tool.exe', sign, detached: openpgp }];
  const root = inZip({ type: 'tar', path: 'tool.tar', contents, detached: openpgp });
  const report = await bench.inspect(zip([{ name: 'tool.tar', content: inner }]), root);
  expect(report.signTargets.map(({ path, subject }) => [path, subject === null])).toEqual([
    [['tool.tar', 'tool.exe'], false],
    [['tool.tar', 'tool.exe'], true],
    [['tool.tar'], true],
  ]);
});

test('evades nothing of what is asked of the type', async () => {
  const root = inZip({ type: 'pe', path: 'tool.exe', detached: openpgp, metadata: { productName: 'Other' } });
  const report = await bench.inspect(zip([{ name: 'tool.exe', content: program }]), root);
  expect(failed(report)).toEqual(['pe.metadata']);
  expect(report.signTargets).toEqual([]);
});

test('has a name that nothing in the container has', async () => {
  const root = inZip({ type: 'pe', path: 'tool.exe', detached: openpgp });
  const entries = [
    { name: 'tool.exe', content: program },
    { name: 'tool.exe.asc', content: '' },
  ];
  expect(failed(await bench.inspect(zip(entries), root))).toEqual(['inspection.output-name']);
});

test.each<readonly [DetachedSign['method'], readonly string[]]>([
  ['cms', ['file.signed-content']],
  ['openpgp', []],
  ['raw', []],
])('by %s of a file that another signature could be over: %j', async (method, expected) => {
  // A script begins with whatever its author likes.
  const script = 'Signature-Version: 1.0\r\n\r\n';
  const root = inZip({ type: 'windows-script', path: 'tool.js', detached: { method } });
  const entries = [{ name: 'tool.js', content: script }];
  expect(failed(await bench.inspect(zip(entries), root))).toEqual(expected);
});

test('a file of any kind is signed by OpenPGP whatever it begins with, but never one of a known type', async () => {
  const signed = (path: string) => inZip({ type: 'file', path, sign: openpgp });
  const text = zip([{ name: 'MANIFEST', content: 'Signature-Version: 1.0\r\n\r\n' }]);
  expect(failed(await bench.inspect(text, signed('MANIFEST')))).toEqual([]);
  const report = await bench.inspect(zip([{ name: 'tool.exe', content: program }]), signed('tool.exe'));
  expect(failed(report)).toEqual(['file.typed']);
  expect(report.findings.find(({ rule }) => rule === 'file.typed')?.fix).toContain('`detached`');
});
