/** A zip archive as a JAR file: its manifest, what a signature covers, and the signatures that are there. */
import { createHash } from 'node:crypto';
import { ArchiveError, defaultUnpackLimits, showName, UnpackBudget } from '../archive/index.ts';
import type { SignatureHash } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { openZipEntry, readZip, type ZipArchive, type ZipEntry } from '../zip/index.ts';
import type { EntryDigests } from './compose.ts';
import { JarError } from './errors.ts';
import { manifestBytesMax, readManifest, tooLarge, type Manifest } from './manifest.ts';

export interface Jar extends ZipArchive {
  readonly manifestEntry: ZipEntry | null;
  /** Files of signatures, whoever made them. */
  readonly signatureFiles: readonly ZipEntry[];
  /** What a signature covers: all other files. */
  readonly covered: readonly ZipEntry[];
}

export const manifestPath = 'META-INF/MANIFEST.MF';

/** How much an artifact may unpack to was counted when it was opened or scanned; what is held in memory is bounded here too. */
export function jarBudget(): UnpackBudget {
  return new UnpackBudget({
    ...defaultUnpackLimits,
    unpackedSizeBytesMax: Infinity,
    entrySizeBytesMax: Infinity,
  });
}

/**
 * Signatures lie directly in META-INF (JAR File Specification, "Signature Validation"), in any case of letters: .SF, the blocks .RSA,
 * .DSA, .EC, and what begins with SIG-.
 */
export const signaturePath = /^META-INF\/(?:[^/]*\.(?:SF|RSA|DSA|EC)|SIG-[^/]*)$/i;

/**
 * Throws ArchiveError for what is no zip archive or is refused as one, JarError for names by which Java could take another entry
 * than others.
 */
export async function readJar(source: RandomAccessSource): Promise<Jar> {
  const { entries, end } = await readZip(source, jarBudget());
  const names = new Set<string>();
  for (const entry of entries) {
    const issue = entry.issues[0];
    if (issue !== undefined) throw new ArchiveError(issue, entry.localOffset);
    const name = Buffer.from(entry.name).toString('utf8');
    if (name !== (entry.type === 'directory' ? `${entry.path}/` : entry.path)) {
      throw new JarError(
        'NAME',
        `The entry ${showName(name)} is ${showName(entry.path)} to others, but not to Java`,
        'Pack with plain relative names, without "./".',
      );
    }
    if (names.has(entry.path)) {
      throw new JarError(
        'DUPLICATE_NAME',
        `The archive has ${showName(entry.path)} twice: Java takes one, and the signature may be about the other`,
        'Have the build pack each file once (Maven Shade, Gradle: duplicatesStrategy).',
      );
    }
    names.add(entry.path);
  }
  const files = entries.filter(({ type }) => type === 'file');
  const manifests = files.filter(({ path }) => path.toUpperCase() === manifestPath);
  const [manifestEntry = null] = manifests;
  if (manifests.length > 1 || (manifestEntry !== null && manifestEntry.path !== manifestPath)) {
    throw new JarError(
      'MANIFEST_NAME',
      `The manifest is named ${manifests.map(({ path }) => showName(path)).join(' and ')}`,
      `Name it ${manifestPath}, once.`,
    );
  }
  const isSignature = ({ path }: ZipEntry): boolean => signaturePath.test(path);
  return {
    entries,
    end,
    manifestEntry,
    signatureFiles: files.filter(isSignature),
    covered: files.filter((entry) => entry !== manifestEntry && !isSignature(entry)),
  };
}

/** null: there is none. */
export async function manifestOf(
  source: RandomAccessSource,
  { manifestEntry }: Jar,
): Promise<Manifest | null> {
  if (manifestEntry === null) return null;
  return readManifest(await readSmall(source, manifestEntry));
}

/** A manifest, or a file of a signature, whole. */
export async function readSmall(source: RandomAccessSource, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.sizeBytes > manifestBytesMax) throw tooLarge(showName(entry.path), entry.sizeBytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of openZipEntry(source, entry, defaultUnpackLimits)) chunks.push(chunk);
  return Uint8Array.from(Buffer.concat(chunks));
}

/** Reads all that a signature covers; folders, too, in case that the manifest has sections for them. */
export async function digestEntries(
  source: RandomAccessSource,
  { entries, covered }: Jar,
  hash: SignatureHash,
): Promise<EntryDigests> {
  const digests = new Map<string, string>();
  for (const entry of covered) {
    const digest = createHash(hash);
    for await (const chunk of openZipEntry(source, entry, defaultUnpackLimits)) digest.update(chunk);
    digests.set(entry.path, digest.digest('base64'));
  }
  const ofNothing = createHash(hash).digest('base64');
  for (const { path, type } of entries) if (type === 'directory') digests.set(`${path}/`, ofNothing);
  return digests;
}

const blocksMax = 16;
const blockBytesMax = 1024 * 1024;

/** The blocks beside the signature files: CMS over each of them, not verified. */
export async function signatureBlocks(source: RandomAccessSource): Promise<readonly Uint8Array[]> {
  const { signatureFiles } = await readJar(source);
  const blocks = signatureFiles.filter(
    ({ path, sizeBytes }) => /\.(?:RSA|DSA|EC)$/i.test(path) && sizeBytes <= blockBytesMax,
  );
  const read: Uint8Array[] = [];
  for (const block of blocks.slice(0, blocksMax)) read.push(Uint8Array.from(await readSmall(source, block)));
  return read;
}
