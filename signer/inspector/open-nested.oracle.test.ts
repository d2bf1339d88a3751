import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { failed, inTar, openBench, program, type Bench } from './inspector.fixture.ts';

let bench: Bench;
let folder: string;
beforeAll(async () => {
  bench = await openBench();
  folder = mkdtempSync(join(tmpdir(), 'countersign-look-'));
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in/tool.exe'), program);
  writeFileSync(join(folder, 'in/notes.txt'), 'notes '.repeat(50));
  writeFileSync(
    join(folder, 'in/installer.nsi'),
    'Name a\nOutFile nsis.exe\nSection\nFile tool.exe\nSectionEnd\n',
  );
});
afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (tool: string, ...args: readonly string[]) =>
  execFileSync(tool, args, {
    cwd: join(folder, 'in'),
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
const made = (name: string, tool: string, ...args: readonly string[]): Buffer => {
  run(tool, ...args);
  return readFileSync(join(folder, 'in', name));
};

test('what other programs pack is opened, or reported for what it is', async () => {
  const files = ['tool.exe', 'notes.txt'];
  const packed: Readonly<Record<string, Buffer>> = {
    'a.7z': made('a.7z', '7zz', 'a', '-bd', 'a.7z', ...files),
    'secret.7z': made('secret.7z', '7zz', 'a', '-bd', '-psecret', '-mhe=on', 'secret.7z', ...files),
    'secret.zip': made('secret.zip', '7zz', 'a', '-bd', '-psecret', 'secret.zip', ...files),
    'aes.zip': made('aes.zip', '7zz', 'a', '-bd', '-psecret', '-mem=AES256', 'aes.zip', ...files),
    'lzma.zip': made('lzma.zip', '7zz', 'a', '-bd', '-mm=LZMA', 'lzma.zip', ...files),
    'plain.zip': made('plain.zip', 'zip', '-q', 'plain.zip', ...files),
    'a.wim': made('a.wim', '7zz', 'a', '-bd', 'a.wim', ...files),
    'a.tar.xz': made('a.tar.xz', 'bsdtar', '-cJf', 'a.tar.xz', ...files),
    'a.tar.bz2': made('a.tar.bz2', 'bsdtar', '-cjf', 'a.tar.bz2', ...files),
    'a.tar.zst': made('a.tar.zst', 'bsdtar', '--zstd', '-cf', 'a.tar.zst', ...files),
    'a.tar.lz4': made('a.tar.lz4', 'bsdtar', '--lz4', '-cf', 'a.tar.lz4', ...files),
    'a.iso': made('a.iso', 'bsdtar', '-cf', 'a.iso', '--format', 'iso9660', ...files),
    'a.cpio': made('a.cpio', 'bsdtar', '-cf', 'a.cpio', '--format', 'newc', ...files),
    'odc.cpio': made('odc.cpio', 'bsdtar', '-cf', 'odc.cpio', '--format', 'odc', ...files),
    'a.xar': made('a.xar', 'bsdtar', '-cf', 'a.xar', '--format', 'xar', ...files),
    'a.deb': made('a.deb', 'bsdtar', '-cf', 'a.deb', '--format', 'ar', ...files),
    'a.cab': made('a.cab', 'gcab', '-c', 'a.cab', ...files),
    'nsis.exe': made('nsis.exe', 'makensis', '-V0', 'installer.nsi'),
    'self.exe': Buffer.concat([Buffer.from(program), made('b.7z', '7zz', 'a', '-bd', 'b.7z', ...files)]),
    'prefixed.exe': made('prefixed.exe', 'sh', '-c', 'cat tool.exe plain.zip > prefixed.exe'),
    'adjusted.exe': made(
      'adjusted.exe',
      'sh',
      '-c',
      'cat tool.exe plain.zip > adjusted.exe && zip -qA adjusted.exe',
    ),
  };
  const inspection = await bench.inspect(
    tar(...Object.entries(packed).map(([name, content]) => ({ name, content }))),
    inTar,
  );
  expect(failed(inspection)).toEqual([]);
  const told = inspection.leaves.map(({ path, content }) => {
    const inside = content.files > 0 ? `${content.files} inside` : '';
    const [closed] = content.closed;
    const why =
      closed === undefined
        ? 'all seen'
        : closed.message.includes('encrypted')
          ? 'encrypted'
          : closed.message.includes('method')
            ? 'method'
            : 'not opened';
    return [path.at(-1), content.formats.join(', '), inside, why].filter((part) => part !== '').join(' | ');
  });
  expect(told).toEqual([
    'a.7z | 7z archive | 2 inside | all seen',
    'secret.7z | 7z archive | encrypted',
    'secret.zip | zip archive | 2 inside | encrypted',
    'aes.zip | zip archive | not opened',
    'lzma.zip | zip archive | 2 inside | method',
    'plain.zip | zip archive | 2 inside | all seen',
    'a.wim | Windows image (wim, esd) | not opened',
    'a.tar.xz | tar archive, xz file | 3 inside | all seen',
    'a.tar.bz2 | tar archive, bzip2 file | 3 inside | all seen',
    'a.tar.zst | tar archive, Zstandard file | 3 inside | all seen',
    'a.tar.lz4 | LZ4 file | not opened',
    'a.iso | ISO 9660 or UDF disk image | not opened',
    'a.cpio | cpio archive | 2 inside | all seen',
    'odc.cpio | cpio archive | 2 inside | all seen',
    'a.xar | xar archive (macOS pkg) | not opened',
    'a.deb | ar archive | 2 inside | all seen',
    'a.cab | cabinet file | 2 inside | all seen',
    'nsis.exe | NSIS installer | 1 inside | all seen',
    'self.exe | 7z archive | 2 inside | all seen',
    'prefixed.exe | zip archive | 2 inside | all seen',
    'adjusted.exe | zip archive | 2 inside | all seen',
  ]);
});
