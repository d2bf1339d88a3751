import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { createInspector, pieceAt } from './index.ts';
import {
  anyFiles,
  configuration,
  failed,
  inTar,
  inTgz,
  inZip,
  leafBytes,
  openBench,
  pkcs7,
  program,
  sha256,
  sign,
  signedPrograms,
  type Bench,
} from './inspector.fixture.ts';

const npm = configuration({
  type: 'tar.gz',
  contents: [
    { type: 'pe', path: 'package/tool.exe', sign },
    { type: 'file', path: 'package/**', matches: { min: 0, max: 'unbounded' } },
  ],
});

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('inspecting', () => {
  test('accounts for every file of a tar.gz and names what is to be signed', async () => {
    const bytes = gzipSync(
      tar(
        { name: 'package/', typeflag: '5' },
        { name: 'package/tool.exe', content: program },
        { name: 'package/README', content: 'hi' },
      ),
    );
    const file = await bench.save(bytes);
    const inspection = await bench.inspector.inspect({ file, folder: 'first', configuration: npm });
    expect(inspection).toMatchObject({
      ok: true,
      sha256: sha256(bytes),
      sizeBytes: bytes.length,
      unpackedSizeBytes: program.length + 2,
      tree: [
        { path: ['package'], type: 'directory' },
        { path: ['package/tool.exe'], type: 'file', sizeBytes: program.length, sha256: sha256(program) },
        { path: ['package/README'], type: 'file', sizeBytes: 2 },
      ],
      signTargets: [{ path: ['package/tool.exe'], element: 1, unsignedSha256: sha256(program) }],
    });
    expect(inspection.leaves.map(({ path }) => path)).toEqual([['package/tool.exe'], ['package/README']]);
    // What is signed is a file of its own, the other is a piece.
    expect(inspection.leaves.map(({ file: leaf }) => pieceAt(leaf) === null)).toEqual([true, false]);
    for (const leaf of inspection.leaves) {
      expect(leaf.file).toMatch(
        /\/work\/first\/inspector-\w+\/work\/op-\w+\/(?:\d{8}\.leaf|small@\d+\+\d+)$/,
      );
      expect(sha256(await leafBytes(leaf.file))).toBe(leaf.sha256);
    }
    expect(inspection.artifactFile).not.toBe(file);
    expect(sha256(await readFile(inspection.artifactFile))).toBe(inspection.sha256);
    await bench.inspector.discard('first');
    expect(await readdir(join(bench.folder, 'work'))).not.toContain('first');
  });

  test('says once what a broken container and its format find alike', async () => {
    const cabinet = Buffer.alloc(200);
    cabinet.write('MSCF', 'latin1');
    cabinet.writeUInt32LE(cabinet.length, 8);
    cabinet.writeUInt32LE(44, 16);
    cabinet.set([3, 1], 24);
    cabinet.writeUInt16LE(5000, 26);
    cabinet.writeUInt16LE(1, 28);
    const { findings } = await bench.inspect(cabinet, { type: 'cab', contents: [anyFiles] });
    const said = findings.filter(({ outcome }) => outcome === 'fail').map(({ message }) => message);
    expect(said).toEqual(['The cabinet lists more folders than it can hold.']);
  });

  test('runs from its sources if the process that starts it does', async () => {
    const inspector = createInspector({ workDir: join(bench.folder, 'from-sources') });
    const file = await bench.save(program);
    const inspection = await inspector.inspect({
      file,
      folder: 'one',
      configuration: configuration({ type: 'pe', sign }),
    });
    expect(inspection).toMatchObject({ ok: true, sha256: sha256(program) });
    await inspector.end('one');
  });

  test('takes a single program as an artifact', async () => {
    const inspection = await bench.inspect(program, { type: 'pe', sign: sign });
    expect(inspection).toMatchObject({
      ok: true,
      tree: [],
      leaves: [{ path: [] }],
      signTargets: [{ path: [], element: 0 }],
    });
    expect(inspection.leaves[0]?.file).toBe(inspection.artifactFile);
  });

  test('opens containers inside containers, and only where the configuration says so', async () => {
    const inner = zip([{ name: 'bin/inner.exe', content: program }]);
    const bytes = zip([
      { name: 'a.tar.gz', content: gzipSync(tar({ name: 'deep.zip', content: inner })) },
      { name: 'b.zip', content: inner },
    ]);
    const nested: RootElement = {
      type: 'zip',
      contents: [
        {
          type: 'tar.gz',
          path: 'a.tar.gz',
          contents: [{ type: 'zip', path: '*.zip', contents: [signedPrograms] }],
        },
        anyFiles,
      ],
    };
    const inspection = await bench.inspect(bytes, nested);
    expect(failed(inspection)).toEqual([]);
    expect(inspection.signTargets.map(({ path }) => path)).toEqual([
      ['a.tar.gz', 'deep.zip', 'bin/inner.exe'],
    ]);
    expect(inspection.leaves.map(({ path }) => path)).toEqual([
      ['a.tar.gz', 'deep.zip', 'bin/inner.exe'],
      ['b.zip'],
    ]);
    expect(failed(await bench.inspect(bytes, nested, { depthMax: 2 }))).toEqual(['archive.limit-depth']);
  });

  test('names each file inside what it opens for scanning, copies and empty ones too, by what it is', async () => {
    const inner = zip([
      { name: 'bin/a.exe', content: program },
      { name: 'bin/empty', content: '' },
      { name: 'bin/a-copy.exe', content: program },
    ]);
    const bytes = tar({ name: 'b!/x.zip', content: zip([{ name: 'c!/inner.zip', content: inner }]) });
    const inspection = await bench.inspect(bytes, inTar);
    const places = ({ within, inner: steps, detected }: (typeof inspection.copies)[number]) =>
      [...within, ...steps, detected].join(' | ');
    expect(inspection.inside.map(places)).toEqual([
      'b!/x.zip | c!/inner.zip | zip',
      'b!/x.zip | c!/inner.zip | bin/a.exe | pe',
    ]);
    expect(inspection.copies.map(places)).toEqual([
      'b!/x.zip | c!/inner.zip | bin/empty | empty',
      'b!/x.zip | c!/inner.zip | bin/a-copy.exe | pe',
    ]);
    expect(inspection.leaves[0]?.content.detected).toBe('zip');
  });

  test('refuses unexpected files, and missing ones', async () => {
    const inspection = await bench.inspect(gzipSync(tar({ name: 'tool.exe', content: program })), npm.root);
    expect(failed(inspection)).toEqual(['artifact.unexpected', 'artifact.count']);
    expect(inspection.signTargets).toEqual([]);
    expect(inspection.findings[0]?.fix).toContain('package/tool.exe');
  });

  test('offers nothing for signing as soon as one thing is refused', async () => {
    const bytes = tar({ name: 'a.exe', content: program }, { name: 'b', typeflag: '2', linkname: 'a.exe' });
    const inspection = await bench.inspect(bytes, { type: 'tar', contents: [signedPrograms, anyFiles] });
    expect(inspection).toMatchObject({ ok: false, signTargets: [] });
    expect(failed(inspection)).toEqual(['archive.link']);
  });

  test('refuses programs that are broken or signed already, and points out undeclared ones', async () => {
    const file = await bench.save(program);
    const { signedFile } = await bench.inspector.embed({
      type: 'pe',
      file,
      sha256: sha256(program),
      sign,
      signature: pkcs7,
      folder: 'embed',
    });
    const signedBytes = await readFile(signedFile);
    expect(failed(await bench.inspect(signedBytes, { type: 'pe', sign: sign }))).toEqual([
      'pe.already-signed',
    ]);
    expect(failed(await bench.inspect(signedBytes, { type: 'pe' }))).toEqual([]);
    expect(failed(await bench.inspect(Buffer.from('no program'), { type: 'pe' }))).toEqual(['pe.not-pe']);
    expect(failed(await bench.inspect(program.subarray(0, 700), { type: 'pe' }))[0]).toMatch(/^pe\./);
    expect(
      failed(
        await bench.inspect(Buffer.concat([signedBytes, Buffer.from('more')]), { type: 'pe', sign: sign }),
      )[0],
    ).toMatch(/^pe\.(?!already)/);
    const undeclared = await bench.inspect(tar({ name: 'a.dll', content: program }), {
      type: 'tar',
      contents: [anyFiles],
    });
    expect(undeclared.findings).toContainEqual(
      expect.objectContaining({ rule: 'pe.undeclared', outcome: 'info' }),
    );
    expect(undeclared.ok).toBe(true);
  });

  const file = { name: 'a', content: 'x' };
  test.each<[string, Uint8Array, RootElement, string]>([
    ['".." in tar', tar({ name: '../a' }), inTar, 'archive.name-traversal'],
    ['".." in zip', zip([{ name: 'a/../../b' }]), inZip, 'archive.name-traversal'],
    ['an absolute name', tar({ name: '/etc/passwd' }), inTar, 'archive.name-absolute'],
    ['a duplicate in tar', tar(file, file), inTar, 'archive.duplicate-name'],
    ['a duplicate in zip', zip([file, file]), inZip, 'archive.duplicate-name'],
    ['names that differ in case', zip([file, { ...file, name: 'A' }]), inZip, 'archive.case-collision'],
    [
      'a name whose accents stand apart, beside the same one in one piece',
      tar({ name: 'e\u0301' }, { name: '\u00e9' }),
      inTar,
      'archive.name-encoding',
    ],
    ['a file as folder', tar(file, { name: 'a/b' }), inTar, 'archive.name-conflict'],
    ['a hard link', tar({ name: 'a', typeflag: '1', linkname: 'b' }), inTar, 'archive.link'],
    ['an encrypted entry', zip([{ ...file, flags: 1 }]), inZip, 'archive.encrypted'],
    ['a cut-off tar.gz', gzipSync(tar(file)).subarray(0, 40), inTgz, 'archive.truncated'],
    ['a cut-off tar in gzip', gzipSync(tar(file).subarray(0, 700)), inTgz, 'archive.truncated'],
    ['a gzip bomb', gzipSync(Buffer.alloc(40_000_000)), inTgz, 'archive.trailing-data'],
    ['a zip bomb', zip([{ name: 'a', content: Buffer.alloc(40_000_000) }]), inZip, 'archive.limit-ratio'],
    [
      'a tar bomb',
      gzipSync(tar({ name: 'a', content: Buffer.alloc(40_000_000) })),
      inTgz,
      'archive.limit-ratio',
    ],
    [
      'trailing bytes',
      Buffer.concat([gzipSync(tar(file)), Buffer.from('x')]),
      inTgz,
      'archive.trailing-data',
    ],
    ['a zip as tar.gz', zip([file]), inTgz, 'archive.wrong-format'],
    ['a tar as zip', tar(file), inZip, 'archive.wrong-format'],
    ['an empty file', Buffer.alloc(0), inTgz, 'archive.wrong-format'],
    ['a program with a zip behind it', Buffer.concat([program, zip([file])]), inZip, 'archive.hidden-data'],
  ])('refuses %s with a reason and a fix', async (_title, bytes, root, rule) => {
    const inspection = await bench.inspect(bytes, root);
    expect(failed(inspection)).toContain(rule);
    for (const finding of inspection.findings.filter(({ outcome }) => outcome === 'fail')) {
      expect(finding.message).toMatch(/^["A-Z0-9`].*\.$/s);
      expect(finding.fix).toMatch(/\.$/);
    }
  });

  test('says where an entry is that it refuses', async () => {
    const place = async (bytes: Uint8Array, root: RootElement) =>
      (await bench.inspect(bytes, root)).findings.find(({ outcome }) => outcome === 'fail')?.found;
    expect(await place(zip([file, file]), inZip)).toBe('at byte 34');
    expect(await place(tar(file, file), inTar)).toBe('at byte 1024');
    expect(await place(gzipSync(tar(file, { name: '../a' })), inTgz)).toBe('at byte 1024');
  });

  test('enforces its limits on entries, size and names', async () => {
    const parts = Array.from({ length: 20 }, (_none, index) => ({
      name: `file-${index}`,
      content: 'x'.repeat(100),
    }));
    expect(failed(await bench.inspect(tar(...parts), inTar, { entryCountMax: 19 }))).toEqual([
      'archive.limit-entries',
    ]);
    expect(failed(await bench.inspect(zip(parts), inZip, { unpackedSizeBytesMax: 1999 }))).toEqual([
      'archive.limit-total-size',
    ]);
    expect(failed(await bench.inspect(zip(parts), inZip, { entrySizeBytesMax: 99 }))).toEqual([
      'archive.limit-entry-size',
    ]);
    expect(failed(await bench.inspect(tar(...parts), inTar, { namesBytesMax: 50 }))).toEqual([
      'archive.limit-names',
    ]);
  });

  test('bounds the findings of an archive that breaks a rule thousands of times', async () => {
    const parts = Array.from({ length: 3000 }, (_none, index) => ({ name: `../${index}` }));
    const inspection = await bench.inspect(tar(...parts), inTar);
    expect(inspection.findings).toHaveLength(201);
    expect(inspection.findings.at(-1)?.message).toContain('2800 more');
  });

  test('a missing artifact is an error, not a finding', async () => {
    const missing = bench.inspector.inspect({
      file: join(bench.folder, 'none'),
      folder: 'request',
      configuration: npm,
    });
    await expect(missing).rejects.toMatchObject({ name: 'InspectorError', code: 'INSPECTOR_IO' });
  });

  test('refuses a folder name that leaves the work folder', async () => {
    const file = await bench.save(program);
    await expect(bench.inspector.inspect({ file, folder: '../x', configuration: npm })).rejects.toMatchObject(
      {
        code: 'INSPECTOR_IO',
      },
    );
    await expect(bench.inspector.discard('..')).rejects.toMatchObject({ code: 'INSPECTOR_IO' });
  });
});
