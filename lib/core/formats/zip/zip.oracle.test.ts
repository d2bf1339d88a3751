import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { openZipEntry, readZip, rewriteZip } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-zip-'));
  mkdirSync(join(folder, 'in/sub'), { recursive: true });
  writeFileSync(join(folder, 'in/tool.exe'), Buffer.alloc(70_001, 'MZ'));
  writeFileSync(
    join(folder, 'in/sub/random'),
    Buffer.from(Array.from({ length: 999 }, (_none, at) => (at * 7919) % 251)),
  );
  writeFileSync(join(folder, 'in/empty'), '');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const budget = () => new UnpackBudget(defaultUnpackLimits);

function pack(tool: string, ...args: readonly string[]): Buffer {
  const file = join(folder, 'packed.zip');
  rmSync(file, { force: true });
  execFileSync(
    tool,
    args.map((arg) => (arg === 'OUT' ? file : arg)),
    { cwd: join(folder, 'in'), stdio: 'pipe' },
  );
  return readFileSync(file);
}

const pythonPack = (code: string): readonly string[] => ['-c', `import zipfile, sys\n${code}`, 'OUT'];
const writeAll = "for n in ['tool.exe', 'sub/random', 'empty']: z.write(n)";
const streamed = [
  'class Out:',
  '  def __init__(self): self.f = open(sys.argv[1], "wb")',
  '  def write(self, b): return self.f.write(b)',
  '  def flush(self): self.f.flush()',
  'with zipfile.ZipFile(Out(), "w", zipfile.ZIP_DEFLATED) as z:',
  `  ${writeAll}`,
].join('\n');
const zip64 = [
  'with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:',
  "  for n in ['tool.exe', 'sub/random', 'empty']:",
  "    with z.open(n, 'w', force_zip64=True) as e: e.write(open(n, 'rb').read())",
].join('\n');

const packers: readonly (readonly [string, string, readonly string[]])[] = [
  ['Info-ZIP', 'zip', ['-r', 'OUT', '.']],
  ['Info-ZIP, stored', 'zip', ['-0', '-r', 'OUT', '.']],
  // Both options at once make Info-ZIP 3.0 write an archive that its own unzip refuses.
  ['Info-ZIP with zip64', 'zip', ['-fz', '-r', 'OUT', '.']],
  ['Info-ZIP with data descriptors', 'zip', ['-fd', '-r', 'OUT', '.']],
  ['Python', 'python3', pythonPack(`with zipfile.ZipFile(sys.argv[1], 'w') as z:\n  ${writeAll}`)],
  ['Python, streamed with data descriptors', 'python3', pythonPack(streamed)],
  ['Python, zip64 local headers', 'python3', pythonPack(zip64)],
  ['bsdtar', 'bsdtar', ['-a', '-c', '-f', 'OUT', 'tool.exe', 'sub', 'empty']],
];

describe.each(packers)('an archive of %s', (_title, tool, args) => {
  test.skipIf(lacksTools(tool))('is read completely', async () => {
    const source = memorySource(pack(tool, ...args));
    const { entries } = await readZip(source, budget());
    expect(entries.flatMap(({ issues }) => issues)).toEqual([]);
    const files = entries.filter(({ type }) => type === 'file');
    expect(files.map(({ path }) => path).sort()).toEqual(['empty', 'sub/random', 'tool.exe']);
    for (const entry of files) {
      const content = await collect(openZipEntry(source, entry, defaultUnpackLimits));
      expect(content.equals(readFileSync(join(folder, 'in', entry.path)))).toBe(true);
    }
  });

  test.skipIf(lacksTools(tool))(
    'is rewritten so that other programs accept it, with all metadata kept',
    async () => {
      const bytes = pack(tool, ...args);
      const rewrite = (content: Buffer | null) =>
        collect(
          rewriteZip(memorySource(bytes), budget(), {
            replace: ({ path }) =>
              Promise.resolve(path === 'tool.exe' && content !== null ? () => pieces(content, 5000) : null),
          }),
        );
      expect((await rewrite(null)).equals(bytes)).toBe(true);

      const signed = Buffer.alloc(73_333, 'signed');
      const [before, after] = [join(folder, 'before.zip'), join(folder, 'after.zip')];
      writeFileSync(before, bytes);
      writeFileSync(after, await rewrite(signed));
      if (!lacksTools('unzip')) {
        expect(execFileSync('unzip', ['-t', after], { encoding: 'utf8' })).toContain('No errors detected');
        expect(execFileSync('unzip', ['-p', after, 'tool.exe']).equals(signed)).toBe(true);
      }
      if (lacksTools('python3')) return;
      const describeZip = (file: string) =>
        execFileSync('python3', ['-c', describeCode, file], { encoding: 'utf8' }).trim().split('\n');
      const [old, now] = [describeZip(before), describeZip(after)];
      expect(now.filter((line) => !line.includes('tool.exe'))).toEqual(
        old.filter((line) => !line.includes('tool.exe')),
      );
      const metadata = (lines: readonly string[]) =>
        lines.find((line) => line.includes('tool.exe'))?.split(' size=')[0];
      expect(metadata(now)).toBe(metadata(old));
    },
  );

  test.skipIf(lacksTools(tool))('gets new entries that other programs unpack', async () => {
    const signature = Uint8Array.from(Buffer.from('signature'));
    const bytes = pack(tool, ...args);
    const added = await collect(
      rewriteZip(memorySource(bytes), budget(), {
        first: [{ path: 'META-INF/first', content: signature }],
        after: (entry) =>
          entry.path === 'tool.exe' ? [{ path: 'tool.exe.é', content: signature, like: entry }] : [],
        last: [{ path: '.signature', content: signature }],
      }),
    );
    const file = join(folder, 'added.zip');
    writeFileSync(file, added);
    expect(execFileSync('unzip', ['-t', file], { encoding: 'utf8' })).toContain('No errors detected');
    for (const name of ['META-INF/first', 'tool.exe.é', '.signature'])
      expect(execFileSync('bsdtar', ['-xOf', file, name], { encoding: 'utf8' })).toBe('signature');
    const names = execFileSync(
      'python3',
      ['-c', 'import zipfile, sys; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep="\\n")', file],
      { encoding: 'utf8', env: { ...process.env, PYTHONIOENCODING: 'utf8' } },
    );
    const list = names.trim().split('\n');
    expect([list[0], list.at(-1), list.indexOf('tool.exe.é') - list.indexOf('tool.exe')]).toEqual([
      'META-INF/first',
      '.signature',
      1,
    ]);
  });
});

/** One line for each entry: what has to stay, then ` size=` and what may change. */
const describeCode = [
  'import zipfile, sys',
  'z = zipfile.ZipFile(sys.argv[1])',
  'assert z.testzip() is None',
  'print(repr(z.comment))',
  'for i in z.infolist():',
  "  print(i.filename, i.date_time, i.compress_type, i.create_system, oct(i.external_attr), i.flag_bits, repr(i.comment), end=' ')",
  "  print('size=%d crc=%x' % (i.file_size, i.CRC))",
].join('\n');

describe.skipIf(lacksTools('zip', 'unzip'))('archives that are refused', () => {
  const issues = async (bytes: Buffer) =>
    (await readZip(memorySource(bytes), budget())).entries.flatMap((entry) =>
      entry.issues.map(({ code }) => code),
    );

  test('Info-ZIP with a password', async () => {
    expect(await issues(pack('zip', '-P', 'secret', 'OUT', 'tool.exe'))).toEqual(['ENCRYPTED']);
  });

  test('Info-ZIP with a symbolic link', async () => {
    symlinkSync('tool.exe', join(folder, 'in/link'));
    expect(await issues(pack('zip', '-y', 'OUT', 'link'))).toEqual(['LINK']);
    rmSync(join(folder, 'in/link'));
  });

  test('Info-ZIP with bytes before it, offsets adjusted or not', async () => {
    const bytes = pack('zip', 'OUT', 'tool.exe');
    const file = join(folder, 'sfx.zip');
    writeFileSync(file, Buffer.concat([Buffer.from('#!/bin/sh\n'), bytes]));
    await expect(issues(readFileSync(file))).rejects.toMatchObject({ code: 'HIDDEN_DATA' });
    execFileSync('zip', ['-A', file], { stdio: 'pipe' });
    await expect(issues(readFileSync(file))).rejects.toMatchObject({ code: 'HIDDEN_DATA' });
  });
});
