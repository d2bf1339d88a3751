/** What made a file, told from its bytes: for tables alone, nothing is decided by it. */
import { execFileSync } from 'node:child_process';
import type { RealFormat } from './found-file.ts';

/** `start`: the first part of the file, as Latin-1. */
export function toolchainOf(format: RealFormat, file: string, start: Buffer): string {
  switch (format) {
    case 'pe':
      return programBy(start);
    case 'jar':
      return archiveBy(file);
    case 'msi':
      return installerBy(start);
    case 'cab':
      return `${compressionOf(start)}, ${folderOf(file)}`;
    default:
      return folderOf(file);
  }
}

/** The package that a file is from: files of these formats say nothing of who made them. */
function folderOf(file: string): string {
  const known =
    /\/real-files\/(?:debian|npm|source|built)\/([^/]+)|\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file);
  return known?.[1] ?? known?.[2] ?? file.split('/').slice(1, 4).join('/');
}

const compressions: Readonly<Record<number, string>> = { 0: 'no', 1: 'MSZIP', 2: 'Quantum', 3: 'LZX' };

function compressionOf(start: Buffer): string {
  const header = 36;
  if (start.length < header + 24) return 'cut off';
  const folder = (start.readUInt16LE(30) & 4) === 0 ? header : header + 4 + start.readUInt16LE(header);
  if (start.length < folder + 8) return 'cut off';
  return `${compressions[start.readUInt16LE(folder + 6) & 0xf] ?? 'unknown'} compression`;
}

const programSigns: readonly (readonly [string, RegExp])[] = [
  ['UPX', /UPX[01]\0\0\0\0/],
  ['Wine', /Wine (?:builtin|placeholder) DLL/],
  ['Go', /Go build(?:inf:| ID: ")/],
  ['Rust', /\/rustc\/[0-9a-f]{40}|rust_(?:begin_unwind|eh_personality)/],
  ['Haskell (GHC)', /ghc-prim|GHC RTS|rts_mkInt/],
  ['GraalVM', /com\.oracle\.svm/],
  ['AutoIt', /AutoIt v3/],
  ['GNAT (Ada)', /__gnat_/],
  ['GNU Fortran', /libgfortran/],
  ['Delphi', /Borland|Embarcadero|This program must be run under Win(?:32|64)/],
];

function programBy(start: Buffer): string {
  const text = start.toString('latin1');
  const header = start.readUInt32LE(0x3c);
  const optional = header + 24;
  const linker = `${start[optional + 2] ?? 0}.${String(start[optional + 3] ?? 0).padStart(2, '0')}`;
  const isWide = start.readUInt16LE(optional) === 0x20b;
  const subsystem = start.readUInt16LE(optional + 68);
  const runtimeHeader = optional + (isWide ? 112 : 96) + 14 * 8;
  const isManaged = start.length > runtimeHeader + 4 && start.readUInt32LE(runtimeHeader) !== 0;
  const sign = programSigns.find(([, pattern]) => pattern.test(text))?.[0];
  if (sign === 'Wine') return 'Wine (winebuild)';
  if (subsystem >= 10 && subsystem <= 13) return `firmware, linker ${linker}`;
  if (isManaged) return linker === '8.00' ? '.NET (mcs or csc before Roslyn)' : `.NET, linker ${linker}`;
  if (sign !== undefined && sign !== 'Delphi') return sign;
  // Only Microsoft's linker writes this.
  if (text.slice(0x40, header).includes('Rich')) return `Microsoft linker ${linker.split('.')[0] ?? ''}`;
  if (sign === 'Delphi') return 'Delphi';
  if (linker.startsWith('2.') && Number(linker) >= 2.2) return `GNU ld ${linker}`;
  return `linker ${linker}`;
}

function installerBy(start: Buffer): string {
  const text = start.toString('latin1');
  const by =
    /msitools|wixl|Windows Installer XML[^\0]{0,20}|WiX Toolset|Advanced Installer|InstallShield/i.exec(
      text,
    )?.[0];
  return by ?? 'unknown';
}

const archiveSigns: readonly (readonly [string, RegExp])[] = [
  ['Leiningen', /^Created-By: Leiningen/im],
  ['Gradle', /^(?:Gradle-Version|Built-By-Gradle|Created-By: .*Gradle)/im],
  ['Bazel', /^Created-By: (?:singlejar|bazel)|^Target-Label:/im],
  ['Scala', /^(?:Specification|Implementation)-Title: [Ss]cala|^Created-By: sbt/m],
  ['Kotlin', /^Kotlin-/m],
  ['Maven with bnd', /^Tool: Bnd-/m],
  ['Debian javahelper', /^Created-By: .*[Jj]avahelper|jh_build/m],
  ['Maven archiver', /^Created-By: (?:Apache )?Maven|^Archiver-Version: Plexus/m],
  ['Ant', /^Ant-Version:/m],
  ['OSGi by hand', /^Bundle-SymbolicName:/m],
];

function archiveBy(file: string): string {
  let manifest = '';
  try {
    manifest = execFileSync('unzip', ['-p', file, 'META-INF/MANIFEST.MF'], {
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 16 * 1024 * 1024,
    });
  } catch {
    return 'without a manifest';
  }
  const sign = archiveSigns.find(([, pattern]) => pattern.test(manifest))?.[0];
  if (sign !== undefined) return sign;
  const by = /^Created-By: (.*)$/m.exec(manifest)?.[1]?.trim();
  return by === undefined
    ? 'a manifest that names none'
    : /\(.*\)/.test(by)
      ? `jar of a JDK`
      : by.replace(/[\d.]+\S*/g, '').trim();
}
