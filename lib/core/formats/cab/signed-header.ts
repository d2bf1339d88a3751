/**
 * A cabinet as Authenticode sees it: with a reserved area of 20 bytes in its header, whether or not it has one yet.
 *
 * No specification tells what is digested; this is what Windows, signtool and osslsigncode agree on: bytes 0 to 3 and 8 to 33 of the
 * header, the last four bytes of the reserved area (56 to 59), the CFFOLDERs, and all from there up to the signature. Left out are
 * reserved1, iCabinet, and where the signature is. Others digest iCabinet in place of the four bytes, which is why it has to be 0.
 *
 * An area of another size that holds only zeros, such as the 6144 bytes that makecab was told to reserve for a signature, becomes
 * one of 20 bytes.
 */
import { createHash } from 'node:crypto';
import type { SignatureHash } from '../format.ts';
import { lentChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import { CabError } from './errors.ts';
import { signatureReserveBytes } from './header.ts';
import type { CabLayout } from './layout.ts';

const at = {
  sizeBytes: 8,
  filesOffset: 16,
  flags: 30,
  reserveBytes: 36,
  mark: 40,
  signatureOffset: 44,
  signatureLength: 48,
} as const;
const fixedBytes = 36;
const signedHeaderBytes = 40 + signatureReserveBytes;
const reserved = 4;
const signatureMark = 0x0010_0000;
const folderEntryBytes = 8;

/** `header` up to the CFFILEs, with no signature's length in it; `sizeBytes` of header and rest: where a signature begins. */
export interface SignableCab {
  readonly header: Buffer;
  readonly sizeBytes: number;
  /** Of the source, what follows the header unchanged. */
  readonly rest: { readonly start: number; readonly end: number };
}

export async function signableCab(
  source: RandomAccessSource,
  { header, folders }: Pick<CabLayout, 'header' | 'folders'>,
): Promise<SignableCab> {
  const { reserve, foldersOffset, filesOffset } = header;
  if (reserve !== null && (reserve.folderBytes > 0 || reserve.dataBytes > 0)) {
    const fix = 'Make the cabinet without ReservePerFolderSize and ReservePerDataBlockSize.';
    throw new CabError('RESERVED', 'reserves bytes for each folder or block, which no signature allows', fix);
  }
  const shift = signedHeaderBytes - foldersOffset;
  const sizeBytes = header.sizeBytes + shift;
  if (sizeBytes > 0xffff_ffff)
    throw new CabError('TOO_LARGE', 'is too large for a signature', 'Make it smaller than 4 GiB.');
  const fixed = Buffer.from(await readExactly(source, 0, fixedBytes));
  const made = Buffer.concat([fixed, Buffer.alloc(signedHeaderBytes - fixedBytes)]);
  made.writeUInt32LE(sizeBytes, at.sizeBytes);
  made.writeUInt32LE(filesOffset + shift, at.filesOffset);
  made.writeUInt16LE(reserved, at.flags);
  made.writeUInt16LE(signatureReserveBytes, at.reserveBytes);
  made.writeUInt32LE(signatureMark, at.mark);
  made.writeUInt32LE(sizeBytes, at.signatureOffset);
  const table = Buffer.from(await readExactly(source, foldersOffset, folders.length * folderEntryBytes));
  for (const [index, { dataOffset }] of folders.entries())
    table.writeUInt32LE(dataOffset + shift, index * folderEntryBytes);
  return {
    header: Buffer.concat([made, table]),
    sizeBytes,
    rest: { start: filesOffset, end: header.sizeBytes },
  };
}

/** The header of the cabinet with a signature of so many bytes, its padding included. */
export function withSignature({ header, sizeBytes }: SignableCab, length: number): Buffer {
  if (sizeBytes + length > 0xffff_ffff)
    throw new CabError('TOO_LARGE', 'is too large for a signature', 'Make it smaller than 4 GiB.');
  const signed = Buffer.from(header);
  signed.writeUInt32LE(length, at.signatureLength);
  return signed;
}

export async function cabDigest(
  source: RandomAccessSource,
  { header, rest }: SignableCab,
  algorithm: SignatureHash,
): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  for (const [from, to] of [
    [0, 4],
    [8, 34],
    [signedHeaderBytes - 4, header.length],
  ])
    hash.update(header.subarray(from, to));
  for await (const chunk of lentChunks(source, rest.start, rest.end)) hash.update(chunk);
  return hash.digest();
}
