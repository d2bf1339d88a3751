/**
 * What a signature of Windows Installer's files is about. Nobody specified it; osslsigncode and signtool agree.
 *
 * - All storages are walked with their children in the order of the bytes of their UTF-16LE names, shorter ones first. The two
 *   streams of the signature itself, in the root, are left out.
 * - Content: the bytes of each stream; after a storage's children its CLSID.
 * - Metadata: of the root CLSID and state bits; of a storage name, CLSID, state bits, times, and then its children; of a stream name,
 *   the low 4 bytes of its size, state bits, times.
 * - The stream MsiDigitalSignatureEx holds the digest of the metadata. The digest that is signed is over this stream's bytes and then the content.
 *
 * Without that stream nothing says where one stream ends and the next begins, or what they are named.
 */
import { createHash, type Hash } from 'node:crypto';
import type { CompoundFile, StorageEntry, StreamEntry } from '../cfb/index.ts';
import type { SignatureHash } from '../format.ts';
import { lentChunks } from '../random-access.ts';
import { isSignatureStream } from './package.ts';

/** What MsiDigitalSignatureEx holds. */
export function metadataDigest(file: CompoundFile, algorithm: string): Uint8Array {
  const hash = createHash(algorithm);
  addMetadata(hash, file.root);
  return Uint8Array.from(hash.digest());
}

/** What is signed. `extended`: the bytes of MsiDigitalSignatureEx; empty: the file has none. */
export async function signedDigest(
  file: CompoundFile,
  extended: Uint8Array,
  algorithm: SignatureHash,
): Promise<Uint8Array> {
  const hash = createHash(algorithm).update(extended);
  await addContent(hash, file, file.root);
  return Uint8Array.from(hash.digest());
}

function inOrder({ type, children }: StorageEntry): readonly (StorageEntry | StreamEntry)[] {
  const counted = children.filter((child) => !(type === 'root' && isSignatureStream(child)));
  const keyed = counted.map((child) => ({ child, key: Buffer.from(child.name, 'utf16le') }));
  return keyed.sort((one, other) => Buffer.compare(one.key, other.key)).map(({ child }) => child);
}

function addMetadata(hash: Hash, entry: StorageEntry | StreamEntry): void {
  const { record, name, type } = entry;
  if (type !== 'root') hash.update(Buffer.from(name, 'utf16le'));
  hash.update(type === 'stream' ? record.subarray(120, 124) : record.subarray(80, 96));
  hash.update(record.subarray(96, 100));
  if (type !== 'root') hash.update(record.subarray(100, 116));
  if (type !== 'stream') for (const child of inOrder(entry)) addMetadata(hash, child);
}

async function addContent(hash: Hash, file: CompoundFile, storage: StorageEntry): Promise<void> {
  for (const child of inOrder(storage)) {
    if (child.type !== 'stream') await addContent(hash, file, child);
    else for await (const chunk of lentChunks(file.open(child), 0, child.sizeBytes)) hash.update(chunk);
  }
  hash.update(storage.record.subarray(80, 96));
}
