/**
 * A NuGet package (.nupkg; .snupkg with symbols): a zip archive (APPNOTE 6.3.10) that is an OPC package besides.
 *
 * ```
 * offset 0    local header and content of each file:
 *               _rels/.rels, [Content_Types].xml, package/services/metadata/…   what OPC wants; NuGet doesn't unpack it
 *               Widget.nuspec                                                   one, at the top: what the package says of itself
 *               lib/…, tools/…, build/…, …                                      what projects use
 * L           .signature.p7s: stored, flags 0, no extra field                   only when signed
 * C           central directory: a record for each file, the signature's last
 * E           end record (22 bytes): +8 and +10 count of records, +12 bytes of the directory, +16 offset C
 * ```
 *
 * The signature is over the bytes of the package as it was without it: [0, L), the directory without the last record, and the
 * end record with the numbers of then. NuGet computes them from the signed file (SignedPackageArchiveUtility), and reads no zip64.
 */
import { ArchiveError, defaultUnpackLimits, UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { openZipEntry, readZip, type ZipArchive, type ZipEntry } from '../zip/index.ts';
import { NugetError, packAnew } from './errors.ts';
import { readNuspec, nuspecBytesMax, type Nuspec } from './nuspec.ts';
import { readPackageNames, signatureName, type PackageFile } from './package-names.ts';

export interface NugetPackage {
  readonly archive: ZipArchive;
  readonly files: readonly PackageFile[];
  /** Entry of the .nuspec. */
  readonly nuspec: ZipEntry;
  /** Entry of the signature; null: it isn't signed. */
  readonly signature: ZipEntry | null;
}

/** NuGet's limit, with the signature: 0xFFFF would say "see the zip64 record". */
const entriesMax = 0xfffe;
/** How large a package may be is judged by the foundation's limits when it is unpacked; here only its directory is read. */
const limits = {
  ...defaultUnpackLimits,
  unpackedSizeBytesMax: Infinity,
  entrySizeBytesMax: Infinity,
  entryCountMax: entriesMax + 1,
};

/** Reads all headers and the names. Throws ArchiveError, or NugetError with NO_NUSPEC where it is no package at all. */
export async function readPackage(source: RandomAccessSource): Promise<NugetPackage> {
  const archive = await readZip(source, new UnpackBudget(limits));
  const { entries, end } = archive;
  const named = entries.filter(({ path }) => isNuspec(path));
  const [first] = named;
  // Before anything else, so that a zip archive that is no package isn't told what is wrong with it as one.
  if (first === undefined && !entries.some(({ path }) => path.includes('%'))) throw withoutNuspec();
  for (const { issues, localOffset } of entries)
    if (issues[0] !== undefined) throw new ArchiveError(issues[0], localOffset);
  const files = readPackageNames(entries);
  const [nuspec, ...others] = files.filter(({ name }) => isNuspec(name));
  if (nuspec === undefined) throw withoutNuspec();
  if (others.length > 0) {
    const message = `The package has ${others.length + 1} .nuspec files at its top; NuGet takes packages with one.`;
    throw new NugetError('TWO_NUSPECS', message, packAnew);
  }
  if (end.isZip64 || entries.some(({ places }) => [places.size, places.packed, places.offset].some(isWide))) {
    const message = 'The package is a zip64 archive, which NuGet doesn’t sign or verify.';
    throw new NugetError(
      'ZIP64',
      message,
      'Pack it without zip64: under 4 GiB, and with fewer than 65,534 files.',
    );
  }
  const signature = files.find(({ name }) => name === signatureName)?.entry ?? null;
  if (entries.length > entriesMax - (signature === null ? 1 : 0)) {
    const message = `The package has ${entries.length} entries; with the signature NuGet takes ${entriesMax}.`;
    throw new NugetError('TOO_MANY_ENTRIES', message, 'Split the package.');
  }
  return { archive, files, nuspec: nuspec.entry, signature };
}

const isNuspec = (name: string): boolean => !name.includes('/') && /\.nuspec$/i.test(name);
const isWide = ({ bytes }: { readonly bytes: 4 | 8 }): boolean => bytes === 8;

function withoutNuspec(): NugetError {
  const message = 'The file is a zip archive without a .nuspec at its top, so it is no NuGet package.';
  return new NugetError('NO_NUSPEC', message, `${packAnew} Or correct the configuration.`);
}

export async function nuspecOf(source: RandomAccessSource, { nuspec }: NugetPackage): Promise<Nuspec> {
  if (nuspec.sizeBytes > nuspecBytesMax) {
    const message = `The .nuspec takes ${nuspec.sizeBytes} bytes; ${nuspecBytesMax} are read.`;
    throw new NugetError(
      'NUSPEC_TOO_LARGE',
      message,
      'Make the .nuspec smaller: release notes can be an address.',
    );
  }
  return readNuspec(await contentOf(source, nuspec));
}

/** The content of an entry whose size the caller has bounded. */
export async function contentOf(source: RandomAccessSource, entry: ZipEntry): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of openZipEntry(source, entry, limits)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
