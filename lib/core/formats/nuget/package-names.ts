/**
 * Names of a package's files as NuGet reads them. `dotnet pack` writes them as the parts of an OPC package, with percent-encoding; NuGet
 * decodes each name (Uri.UnescapeDataString) before it unpacks, so `%2e%2e%2f` climbs out of a folder there and in no zip program.
 */
import { ArchiveError, foldName, NameRegistry, readEntryName, showName } from '../archive/index.ts';
import type { ZipEntry } from '../zip/index.ts';
import { NugetError, packAnew } from './errors.ts';

/** NuGet's SigningSpecificationsV1: at the top, of exactly this name. */
export const signatureName = '.signature.p7s';
const nameBytesMax = 1024;

export interface PackageFile {
  readonly entry: ZipEntry;
  /** As NuGet reads it. */
  readonly name: string;
}

/** Files and folders of the zip → the files under NuGet's names. Throws for names that mean two things, or the same as another. */
export function readPackageNames(entries: readonly ZipEntry[]): readonly PackageFile[] {
  const names = new NameRegistry();
  const files: PackageFile[] = [];
  for (const entry of entries) {
    const name = decodedName(entry.path);
    const collision = names.add(name, entry.type);
    if (collision !== null) throw new ArchiveError(collision, entry.localOffset);
    const [first = ''] = name.split('/');
    if (foldName(first) === signatureName && (entry.path !== signatureName || entry.type !== 'file'))
      throw reserved(entry.path);
    if (entry.type === 'file') files.push({ entry, name });
  }
  return files;
}

function decodedName(path: string): string {
  if (!path.includes('%')) return path;
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    throw escaped(path, 'its percent-encoding isn’t that of UTF-8');
  }
  const read = readEntryName(Buffer.from(name, 'utf8'), nameBytesMax);
  const issue = read.issues[0];
  if (issue !== undefined) throw escaped(path, issue.message);
  if (read.path !== name) throw escaped(path, `NuGet takes it for ${showName(name)}`);
  return name;
}

function escaped(path: string, why: string): NugetError {
  const message = `NuGet decodes the name ${showName(path)} before it unpacks the file: ${why}`;
  return new NugetError(
    'NAME_ESCAPED',
    message.endsWith('.') ? message : `${message}.`,
    `Rename the file. ${packAnew}`,
  );
}

function reserved(path: string): NugetError {
  return new NugetError(
    'NAME_RESERVED',
    `The package has an entry ${showName(path)}: that name is the signature’s.`,
    `Leave the file out. ${packAnew}`,
  );
}
