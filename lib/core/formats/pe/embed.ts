import { readDer, Asn1Error } from '../../pki/asn1/index.ts';
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import {
  tableAlignment,
  winCertificateHeaderBytes,
  winCertificateRevision2,
  winCertificateTypePkcs7,
} from './certificate-table.ts';
import { PeChecksum } from './checksum.ts';
import { paddingBytes } from './digest.ts';
import { PeError, signUnsigned } from './errors.ts';
import type { PeLayout } from './layout.ts';

interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Unsigned program + DER PKCS#7 → the whole signed program in pieces of at most 1 MiB: the program with a
 * new checksum and certificate directory entry, zeros up to a multiple of 8, the certificate table.
 * Reads the program twice, first for the checksum. Rejects a program that is signed already.
 */
export async function* embedPeSignature(
  source: RandomAccessSource,
  layout: PeLayout,
  pkcs7: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const tail = certificateTable(layout, pkcs7);
  const tableOffset = layout.sizeBytes + paddingBytes(layout.sizeBytes);
  const directory = patch(layout.certificateDirectoryOffset, [
    tableOffset,
    layout.sizeBytes + tail.length - tableOffset,
  ]);
  const checksum = new PeChecksum();
  const zeroed = [patch(layout.checksumOffset, [0]), directory];
  for await (const chunk of patchedChunks(source, layout.sizeBytes, zeroed)) checksum.update(chunk);
  checksum.update(tail);
  yield* patchedChunks(source, layout.sizeBytes, [
    patch(layout.checksumOffset, [checksum.value()]),
    directory,
  ]);
  yield tail;
}

/** What is appended: zeros up to the table, then WIN_CERTIFICATE, its length counting its own padding. */
function certificateTable(layout: PeLayout, pkcs7: Uint8Array): Uint8Array {
  if (layout.certificateTable !== null) {
    const message = 'the program has a certificate table already';
    throw new PeError('ALREADY_SIGNED', layout.certificateTable.offset, message, signUnsigned);
  }
  try {
    readDer(pkcs7);
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    const message = `the signature to embed is no DER value: ${cause.message}`;
    throw new PeError('SIGNATURE_INVALID', 0, message, 'Embed what buildAuthenticode returns.', { cause });
  }
  const length = Math.ceil((winCertificateHeaderBytes + pkcs7.length) / tableAlignment) * tableAlignment;
  const padding = paddingBytes(layout.sizeBytes);
  if (layout.sizeBytes + padding + length > 0xffffffff) {
    const message = `with its signature the program would end at byte ${layout.sizeBytes + padding + length}`;
    throw new PeError('TOO_LARGE', layout.sizeBytes, message, 'Make the program smaller than 4 GiB.');
  }
  const tail = new Uint8Array(padding + length);
  const header = new DataView(tail.buffer, padding);
  header.setUint32(0, length, true);
  header.setUint16(4, winCertificateRevision2, true);
  header.setUint16(6, winCertificateTypePkcs7, true);
  tail.set(pkcs7, padding + winCertificateHeaderBytes);
  return tail;
}

function patch(offset: number, words: readonly number[]): Patch {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  return { offset, bytes };
}

/** The source's bytes with the patches laid over; pieces that no patch touches are passed on uncopied. */
async function* patchedChunks(
  source: RandomAccessSource,
  sizeBytes: number,
  patches: readonly Patch[],
): AsyncGenerator<Uint8Array> {
  let start = 0;
  for await (const original of readChunks(source, 0, sizeBytes)) {
    const end = start + original.length;
    const touching = patches.filter((one) => one.offset < end && one.offset + one.bytes.length > start);
    const chunk = touching.length > 0 ? original.slice() : original;
    for (const { offset, bytes } of touching) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + bytes.length, end);
      chunk.set(bytes.subarray(from - offset, to - offset), from - start);
    }
    yield chunk;
    start = end;
  }
}
