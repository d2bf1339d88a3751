/** The signatures that an archive carries: each a signature file (.SF) and the block that signs it, under one name. */
import { showName } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { ZipEntry } from '../zip/index.ts';
import { JarError } from './errors.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { readSmall, type Jar } from './read-jar.ts';

export interface JarSignature {
  /** Path of the block. */
  readonly path: string;
  /** DER SignedData, detached. */
  readonly block: Uint8Array;
  readonly signatureFile: Uint8Array;
  /** What the signature file says: it has the form of a manifest. */
  readonly stated: Manifest;
}

/** As many as anybody has; each makes the whole archive be judged anew. */
const signaturesMax = 16;
const blockBytesMax = 1024 * 1024;

/**
 * Throws JarError SIGNATURE_FILES for files of signatures that don't belong together: Java passes over some of them, and other
 * readers over others.
 */
export async function readSignatures(
  source: RandomAccessSource,
  { signatureFiles }: Jar,
): Promise<readonly JarSignature[]> {
  const texts = new Map<string, ZipEntry>();
  const blocks: ZipEntry[] = [];
  for (const entry of signatureFiles) {
    const [, name, ending] = /^META-INF\/(.*)\.(SF|RSA|DSA|EC)$/i.exec(entry.path.toUpperCase()) ?? [];
    if (name === undefined || ending === undefined || name.startsWith('SIG-'))
      throw unfit(`${showName(entry.path)} is no part of a signature that can be read`);
    if (ending !== 'SF') blocks.push(entry);
    else if (texts.has(name)) throw unfit(`${showName(entry.path)} is there twice, in other letters`);
    else texts.set(name, entry);
  }
  if (blocks.length > signaturesMax)
    throw unfit(`it has ${blocks.length} signatures; ${signaturesMax} are read`);
  const signatures: JarSignature[] = [];
  const signed = new Set<ZipEntry>();
  for (const entry of blocks) {
    const text = texts.get(nameOf(entry));
    if (text === undefined) throw unfit(`${showName(entry.path)} has no signature file (.SF)`);
    if (entry.sizeBytes > blockBytesMax)
      throw unfit(`${showName(entry.path)} has over ${blockBytesMax} bytes`);
    signed.add(text);
    const signatureFile = await readSmall(source, text);
    const stated = readSignatureFile(text, signatureFile);
    signatures.push({ path: entry.path, block: await readSmall(source, entry), signatureFile, stated });
  }
  const alone = [...texts.values()].find((text) => !signed.has(text));
  if (alone !== undefined) throw unfit(`${showName(alone.path)} has no block that signs it`);
  return signatures;
}

/** In capitals, as Java compares it. */
export const nameOf = ({ path }: Pick<ZipEntry, 'path'>): string =>
  path.toUpperCase().slice('META-INF/'.length, path.lastIndexOf('.'));

function readSignatureFile({ path }: ZipEntry, bytes: Uint8Array): Manifest {
  try {
    return readManifest(bytes, 'Signature-Version');
  } catch (cause) {
    if (!(cause instanceof JarError)) throw cause;
    throw unfit(cause.message.replace(/^The manifest/, showName(path)), { cause });
  }
}

function unfit(message: string, options: { readonly cause?: unknown } = {}): JarError {
  const fix = 'Take the archive from whoever signed it again, unchanged.';
  return new JarError('SIGNATURE_FILES', message, fix, options);
}
