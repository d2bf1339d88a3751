import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip, type ZipPart } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import type { Inspection } from './index.ts';
import {
  failed,
  inTar,
  inZip,
  leafBytes,
  openBench,
  program,
  sha256,
  sign,
  type Bench,
} from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const contentOf = ({ leaves }: Inspection, name: string) =>
  leaves.find(({ path }) => path.at(-1) === name)?.content;
const insideOf = ({ inside }: Inspection, name: string) =>
  inside.flatMap(({ path }) => (path.at(-1)?.startsWith(`${name}!/`) === true ? [path.at(-1)] : []));

function arArchive(name: string, content: Buffer): Buffer {
  const header = `${(name.startsWith('#') ? name : `${name}/`).padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(content.length).padEnd(10)}\`\n`;
  return Buffer.concat([Buffer.from(`!<arch>\n${header}`), content, Buffer.alloc(content.length % 2, '\n')]);
}

function namedGzip(name: string, content: Buffer): Buffer {
  const packed = gzipSync(content);
  packed[3] = 8;
  return Buffer.concat([packed.subarray(0, 10), Buffer.from(`${name}\0`), packed.subarray(10)]);
}

function asarArchive(files: Readonly<Record<string, Buffer>>, gap = 0): Buffer {
  let offset = gap;
  const entries = Object.entries(files).map(([name, content]) => {
    const entry = [name, { size: content.length, offset: String(offset) }] as const;
    offset += content.length;
    return entry;
  });
  const json = Buffer.from(JSON.stringify({ files: { folder: { files: Object.fromEntries(entries) } } }));
  const padded = Math.ceil(json.length / 4) * 4;
  const sizes = Buffer.alloc(16);
  sizes.writeUInt32LE(4, 0);
  sizes.writeUInt32LE(padded + 8, 4);
  sizes.writeUInt32LE(padded + 4, 8);
  sizes.writeUInt32LE(json.length, 12);
  return Buffer.concat([sizes, json, Buffer.alloc(padded - json.length + gap), ...Object.values(files)]);
}

function cpioArchive(name: string, content: Buffer): Buffer {
  const entry = (path: string, bytes: Buffer) => {
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    const fields = [1, 0o100644, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, path.length + 1, 0].map(hex).join('');
    const head = Buffer.from(`070701${fields}${path}\0`);
    const pad = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);
    return Buffer.concat([head, pad(head.length), bytes, pad(bytes.length)]);
  };
  return Buffer.concat([entry(name, content), entry('TRAILER!!!', Buffer.alloc(0))]);
}

const secret: ZipPart = { name: 'secret.exe', content: 'hidden', flags: 1 };
const different = (text: string) => Buffer.from(`${text} ${'content '.repeat(20)}`);

describe('opening undeclared files', () => {
  test('opens what can be opened, at any depth, and passes each file inside on to be scanned', async () => {
    const deep = zip([
      {
        name: 'b.tgz',
        content: gzipSync(tar({ name: 'c.zip', content: zip([{ name: 'd.exe', content: program }]) })),
      },
    ]);
    const inspection = await bench.inspect(
      tar(
        { name: 'plain.txt', content: 'hello' },
        { name: 'deep.zip', content: deep },
        { name: 'copy.zip', content: deep },
        { name: 'one.zst', content: zstdCompressSync(different('zst')) },
        { name: 'one.z', content: deflateSync(different('zlib')) },
        { name: 'lib.a', content: arArchive('member.o', different('ar')) },
        { name: 'app.asar', content: asarArchive({ 'a.js': different('a'), 'b.js': different('b') }) },
        { name: 'one.cpio', content: cpioArchive('etc/a', different('cpio')) },
        {
          name: 'setup.exe',
          content: buildProgram({ overlay: zip([{ name: 'payload.dll', content: different('dll') }]) }),
        },
      ),
      inTar,
    );
    expect(failed(inspection)).toEqual([]);
    expect(contentOf(inspection, 'plain.txt')).toEqual({
      detected: 'text',
      formats: [],
      files: 0,
      covered: false,
      openedBy: [],
      programs: [],
      programCount: 0,
      unaccounted: null,
      passedOver: null,
      closed: [],
      closedCount: 0,
    });
    expect(contentOf(inspection, 'deep.zip')).toMatchObject({
      covered: true,
      closedCount: 0,
      formats: expect.arrayContaining(['zip archive', 'tar archive', 'gzip file']) as unknown,
    });
    expect(insideOf(inspection, 'deep.zip')).toEqual([
      'deep.zip!/b.tgz',
      'deep.zip!/b.tgz!/content',
      'deep.zip!/b.tgz!/content!/c.zip',
      'deep.zip!/b.tgz!/content!/c.zip!/d.exe',
    ]);
    // The same bytes are scanned once, but what is in them counts for both.
    expect(insideOf(inspection, 'copy.zip')).toEqual([]);
    expect(contentOf(inspection, 'copy.zip')).toMatchObject({ covered: true });
    const named = [
      'one.zst!/content',
      'one.z!/content',
      'lib.a!/member.o',
      'app.asar!/folder/a.js',
      'app.asar!/folder/b.js',
      'one.cpio!/etc/a',
      'setup.exe!/payload.dll',
    ];
    const shown = inspection.inside.map(({ path }) => path.at(-1));
    expect(shown).toEqual(expect.arrayContaining(named));
    // Behind a program there are bytes that no archive accounts for.
    expect(contentOf(inspection, 'setup.exe')).toMatchObject({ formats: ['zip archive'], covered: false });
    for (const insideFile of inspection.inside)
      expect(sha256(await leafBytes(insideFile.file))).toBe(insideFile.sha256);
    expect(inspection.containers).toMatchObject([{ path: [], content: { covered: true, closedCount: 0 } }]);
    expect(inspection.tree).toHaveLength(9);
  });

  test('opens streams in the middle of a file, and members under the names of BSD', async () => {
    const picture = (stream: Buffer) =>
      Buffer.concat([Buffer.from('\x89PNG\r\n', 'latin1'), stream, Buffer.from('IEND')]);
    const name = Buffer.from('a-name-that-is-long.o\0\0\0');
    const inspection = await bench.inspect(
      tar(
        { name: 'gzip.png', content: picture(gzipSync(different('in gzip'))) },
        { name: 'zstd.png', content: picture(zstdCompressSync(different('in zstd'))) },
        { name: 'damaged.png', content: picture(gzipSync(different('damaged')).fill('x', 30)) },
        { name: 'named.gz', content: namedGzip('notes.txt', different('named')) },
        { name: 'bsd.a', content: arArchive(`#1/${name.length}`, Buffer.concat([name, different('bsd')])) },
      ),
      inTar,
    );
    expect(failed(inspection)).toEqual([]);
    expect(inspection.leaves.flatMap(({ content }) => content.closed)).toEqual([]);
    const shown = inspection.inside.map(({ path, sha256: digest }) => [path.at(-1), digest]);
    expect(shown).toEqual([
      ['gzip.png!/content', sha256(different('in gzip'))],
      ['zstd.png!/content', sha256(different('in zstd'))],
      ['named.gz!/content', sha256(different('named'))],
      ['bsd.a!/a-name-that-is-long.o', sha256(different('bsd'))],
    ]);
    // What stands around a stream is scanned as it is.
    expect(contentOf(inspection, 'gzip.png')).toMatchObject({ formats: ['gzip file'], covered: false });
  });

  test('reports what it couldn’t open, where, and why', async () => {
    const encrypted = zip([{ name: 'readme', content: 'x' }, secret]);
    const inspection = await bench.inspect(
      tar(
        { name: 'encrypted.zip', content: encrypted },
        { name: 'outer.zip', content: zip([{ name: 'inner.zip', content: encrypted }]) },
        { name: 'method.zip', content: zip([{ name: 'a', content: 'x', method: 12 }]) },
        { name: 'cut.zip', content: encrypted.subarray(0, -10) },
        { name: 'tail.gz', content: Buffer.concat([gzipSync('a'), Buffer.from('more')]) },
        { name: 'gap.asar', content: asarArchive({ 'a.js': different('a') }, 8) },
        { name: 'what.rar', content: Buffer.from('Rar!\x1a\x07\0 and so on', 'latin1') },
        { name: 'key.age', content: 'age-encryption.org/v1\n' },
        { name: 'picture.png', content: Buffer.concat([Buffer.from('\x89PNG', 'latin1'), encrypted]) },
        {
          name: 'odd-names.zip',
          content: zip([
            { name: 'A', content: 'one' },
            { name: 'a', content: 'two' },
            { name: '../b', content: 'three' },
          ]),
        },
      ),
      inTar,
    );
    expect(failed(inspection)).toEqual([]);
    const closed = (name: string) =>
      contentOf(inspection, name)?.closed.map(({ place, message }) => `${place}: ${message}`);
    expect(closed('encrypted.zip')).toEqual([expect.stringMatching(/^secret\.exe: .*encrypted/)]);
    expect(closed('outer.zip')).toEqual([expect.stringMatching(/^inner\.zip!\/secret\.exe: .*encrypted/)]);
    expect(closed('method.zip')).toEqual([expect.stringMatching(/^a: .*method 12/)]);
    expect(closed('cut.zip')).toHaveLength(1);
    expect(closed('tail.gz')).toEqual([expect.stringMatching(/more bytes follow/)]);
    expect(closed('gap.asar')).toEqual([expect.stringMatching(/belong to none/)]);
    expect(closed('what.rar')).toEqual([': It is a RAR archive, which the signer can’t open.']);
    expect(closed('key.age')).toEqual([expect.stringMatching(/only holders of the key can/)]);
    expect(closed('picture.png')).toEqual([expect.stringMatching(/^secret\.exe/)]);
    // Where nothing is unpacked to a disk, what names would do there is no reason to leave files unread.
    expect(closed('odd-names.zip')).toEqual([]);
    expect(contentOf(inspection, 'odd-names.zip')).toMatchObject({ files: 3, covered: true });
    for (const name of ['encrypted.zip', 'outer.zip', 'cut.zip', 'tail.gz', 'gap.asar', 'picture.png']) {
      expect(contentOf(inspection, name)?.covered).toBe(false);
    }
  });

  test('enforces the limits of the whole request, and leaves what exceeds them unopened', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    const nest = (depth: number): Buffer =>
      depth === 0 ? different('deep') : zip([{ name: 'n.zip', content: nest(depth - 1) }]);
    const many = tar(...Array.from({ length: 60 }, (_, at) => ({ name: `m${at}`, content: `${at}` })));
    const inspection = await bench.inspect(
      tar(
        { name: 'bomb.gz', content: bomb },
        { name: 'nested.zip', content: nest(6) },
        { name: 'many.tar', content: many },
        { name: 'after.zip', content: zip([{ name: 'a', content: different('after') }]) },
        { name: 'last.txt', content: 'still read' },
      ),
      inTar,
      { ratioMax: 100, ratioFloorBytes: 100_000, entryCountMax: 40 },
    );
    expect(failed(inspection)).toEqual([]);
    const message = (name: string) => contentOf(inspection, name)?.closed[0]?.message;
    expect(message('bomb.gz')).toMatch(/bomb/);
    expect(message('nested.zip')).toMatch(/nested more than 5 deep/);
    expect(message('many.tar')).toMatch(/more than 40 entries/);
    expect(message('after.zip')).toMatch(/Other archives in the artifact went over the limits/);
    expect(insideOf(inspection, 'many.tar')).toEqual([]);
    expect(contentOf(inspection, 'last.txt')?.formats).toEqual([]);
  });

  test('recognises what else a declared archive is', async () => {
    const named = tar({ name: Buffer.from('Rar!\x1a\x07', 'latin1'), content: 'x' });
    const inspection = await bench.inspect(tar({ name: 'a.tar', content: named }), {
      type: 'tar',
      contents: [{ type: 'tar', path: 'a.tar', contents: [{ type: 'file', path: '**' }] }],
    });
    expect(inspection.containers.find(({ path }) => path.length === 1)?.content.closed).toMatchObject([
      { message: 'It is a RAR archive, which the signer can’t open.' },
    ]);
  });
});

describe('a program in an archive in the archive', () => {
  const root: RootElement = { type: 'zip', contents: [{ type: 'pe', path: 'tool.exe', sign }] };

  test('is reported as inside it, with how to declare it', async () => {
    const release = zip([{ name: 'tool.exe', content: program }]);
    const { findings } = await bench.inspect(zip([{ name: 'release.zip', content: release }]), root);
    const finding = findings.find(({ rule }) => rule === 'artifact.unexpected');
    expect(finding?.message).toContain('What is expected here, "tool.exe", is inside "release.zip".');
    expect(finding?.fix).toContain('{type: zip, path: "release.zip", contents: […]}');
  });

  test('is not reported if the archive contains something else, or isn’t one', async () => {
    const { findings } = await bench.inspect(
      zip([
        { name: 'tool.exe', content: program },
        { name: 'other.zip', content: zip([{ name: 'readme', content: 'x' }]) },
        { name: 'bad.zip', content: 'PK\x03\x04' },
      ]),
      root,
    );
    const messages = findings
      .filter(({ rule }) => rule === 'artifact.unexpected')
      .map(({ message }) => message);
    expect(messages).toHaveLength(2);
    for (const message of messages) expect(message).not.toContain('inside');
  });
});

test('a name that is not UTF-8 is shown as the zip format has it', async () => {
  const cp437 = Buffer.from('Gr\x81\xe1e.txt', 'latin1');
  const inspection = await bench.inspect(zip([{ name: cp437, content: 'x' }]), inZip);
  expect(failed(inspection)).toEqual(['archive.name-encoding']);
  expect(inspection.findings[0]?.message).toContain('"Grüße.txt"');
});
