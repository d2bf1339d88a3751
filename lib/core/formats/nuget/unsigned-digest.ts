/** What a package's signature is over: the bytes as they were without it. `read-package.ts` has the layout. */
import { createHash } from 'node:crypto';
import { oids } from '../../pki/asn1/index.ts';
import type { SignatureHash } from '../format.ts';
import { lentChunks, type RandomAccessSource } from '../random-access.ts';
import type { ZipEntry } from '../zip/index.ts';
import { NugetError, packAnew } from './errors.ts';
import { signatureName } from './package-names.ts';
import type { NugetPackage } from './read-package.ts';

/** Digest of a package that isn't signed: all its bytes. */
export async function packageDigest(source: RandomAccessSource, hash: SignatureHash): Promise<Buffer> {
  const digest = createHash(hash);
  for await (const chunk of lentChunks(source, 0, source.size)) digest.update(chunk);
  return digest.digest();
}

/** The same number from the package as it is signed. Throws NugetError where the signature isn't an entry as NuGet writes it, at the end. */
export async function unsignedDigest(
  source: RandomAccessSource,
  { archive: { entries, end }, signature }: NugetPackage,
  hash: SignatureHash,
): Promise<Uint8Array> {
  if (signature === null) throw misplaced('it is missing');
  checkEntry(signature);
  if (entries.at(-1) !== signature) throw misplaced('its record isn’t the last one');
  if (signature.endOffset !== end.centralOffset) throw misplaced('other entries follow it');
  const digest = createHash(hash);
  const recordsEnd = end.centralOffset + end.centralBytes - signature.record.length;
  for await (const chunk of lentChunks(source, 0, signature.localOffset)) digest.update(chunk);
  for await (const chunk of lentChunks(source, end.centralOffset, recordsEnd)) digest.update(chunk);
  const record = Uint8Array.from(end.bytes);
  const view = new DataView(record.buffer);
  view.setUint16(8, entries.length - 1, true);
  view.setUint16(10, entries.length - 1, true);
  view.setUint32(12, recordsEnd - end.centralOffset, true);
  view.setUint32(16, signature.localOffset, true);
  return digest.update(record).digest();
}

/** Stored, flags 0, attributes 0, and nothing but the name behind either header. */
function checkEntry({ flags, method, record, localOffset, dataOffset }: ZipEntry): void {
  const nameBytes = signatureName.length;
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const wanted: readonly (readonly [boolean, string])[] = [
    [flags === 0, 'it has flags'],
    [method === 0, 'it is packed'],
    [record.length === 46 + nameBytes, 'its record has an extra field or a comment'],
    [dataOffset === localOffset + 30 + nameBytes, 'its header has an extra field'],
    [view.getUint16(36, true) === 0 && view.getUint32(38, true) === 0, 'it has attributes'],
  ];
  const broken = wanted.find(([holds]) => !holds);
  if (broken !== undefined) throw misplaced(broken[1]);
}

function misplaced(why: string): NugetError {
  return new NugetError(
    'SIGNATURE_ENTRY',
    `The entry of the signature isn’t as NuGet wants it: ${why}.`,
    packAnew,
  );
}

/**
 * Content of the signature (SignatureContent of NuGet): UTF-8, lines that end with LF.
 * ```
 * Version:1
 *
 * 2.16.840.1.101.3.4.2.1-Hash:<base64 of the digest>
 *
 * ```
 */
export function signatureContent(digest: Uint8Array, hash: SignatureHash): Uint8Array {
  const lines = ['Version:1', '', `${oids[hash]}-Hash:${Buffer.from(digest).toString('base64')}`, '', ''];
  return Uint8Array.from(Buffer.from(lines.join('\n'), 'utf8'));
}
