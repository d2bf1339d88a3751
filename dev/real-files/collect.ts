/** Files on this machine that formats here are for, told apart by content; of each toolchain a few. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { realFormats, type FoundFile, type RealFormat } from './found-file.ts';
import { toolchainOf } from './toolchain.ts';

const sizeBytesMax = 64 * 1024 * 1024;
/** Enough to find what linkers and runtimes leave in programs. */
const readBytesMax = 2 * 1024 * 1024;
const filesMax = 400_000;

const archives = new Set(['.jar', '.war', '.ear', '.aar']);
const packages = new Set(['.nupkg', '.snupkg']);
const installers = new Set(['.msi', '.msm', '.msp']);
const powershell = new Set(['.ps1', '.psm1', '.psd1', '.ps1xml', '.psc1', '.cdxml']);
const windowsScripts = new Set(['.vbs', '.wsf', '.jse', '.vbe']);
const certificateTrustList = Buffer.from([0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x01]);

function formatOf(name: string, start: Buffer): RealFormat | null {
  const extension = extname(name).toLowerCase();
  if (powershell.has(extension)) return 'powershell';
  if (windowsScripts.has(extension)) return 'windows-script';
  const magic = start.toString('latin1', 0, 4);
  if (magic === 'MSCF') return 'cab';
  if (magic === '\xd0\xcf\x11\xe0' && installers.has(extension)) return 'msi';
  if (magic === 'PK\x03\x04')
    return archives.has(extension) ? 'jar' : packages.has(extension) ? 'nuget' : null;
  if (magic.startsWith('MZ') && start.length > 0x40) {
    const header = start.readUInt32LE(0x3c);
    return start.length > header + 200 && start.toString('latin1', header, header + 4) === 'PE\0\0'
      ? 'pe'
      : null;
  }
  return magic.startsWith('0') && start.subarray(0, 200).includes(certificateTrustList) ? 'catalog' : null;
}

/** `each`: of one toolchain, from as many folders as it has. */
export function collect(folders: readonly string[], each: number): readonly FoundFile[] {
  const found = new Map<string, FoundFile[]>();
  const seen = new Set<string>();
  let left = filesMax;
  for (const folder of folders)
    for (const file of filesBelow(folder)) {
      if ((left -= 1) < 0) throw new RangeError(`more than ${filesMax} files below ${folders.join(', ')}`);
      const one = identify(file);
      if (one === null) continue;
      const same = `${one.format} ${file.slice(file.lastIndexOf('/'))} ${one.sizeBytes}`;
      if (seen.has(same)) continue;
      seen.add(same);
      const key = `${one.format} ${one.toolchain}`;
      const others = found.get(key) ?? [];
      others.push(one);
      found.set(key, others);
    }
  return [...found.values()]
    .flatMap((files) => spread(files, each))
    .toSorted((one, other) => realFormats.indexOf(one.format) - realFormats.indexOf(other.format));
}

/** As many as asked for, evenly from all that there are. */
const spread = (files: readonly FoundFile[], each: number): readonly FoundFile[] =>
  files.filter(
    (_, index) =>
      Math.floor((index * each) / files.length) !== Math.floor(((index - 1) * each) / files.length) ||
      index === 0,
  );

function* filesBelow(folder: string): Generator<string> {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function identify(file: string): FoundFile | null {
  const { size: sizeBytes } = statSync(file);
  if (sizeBytes < 8 || sizeBytes > sizeBytesMax) return null;
  const descriptor = openSync(file, 'r');
  try {
    const read = (bytes: number): Buffer => {
      const buffer = Buffer.alloc(Math.min(bytes, sizeBytes));
      return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, 0));
    };
    const format = formatOf(file, read(4096));
    return format === null
      ? null
      : { format, toolchain: toolchainOf(format, file, read(readBytesMax)), file, sizeBytes };
  } finally {
    closeSync(descriptor);
  }
}
