import { Asn1Error, concatenate, readDer } from '../../pki/asn1/index.ts';
import { lentChunks, type RandomAccessSource } from '../random-access.ts';
import {
  entriesMax,
  tableAlignment,
  tableSizeMax,
  winCertificateHeaderBytes,
  winCertificateRevision2,
  winCertificateTypePkcs7,
} from './certificate-table.ts';
import { signatureDepthMax } from '../../pki/cms/index.ts';
import { paddingBytes, peSums, programEnd, type PeDigestAlgorithm } from './digest.ts';
import { PeError, replaceIt } from './errors.ts';
import type { PeLayout } from './layout.ts';

interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Program + DER PKCS#7s → the whole signed program in lent pieces of at most 1 MiB: the program with a
 * new checksum and certificate directory entry, zeros up to a multiple of 8, the certificate table with an entry for each.
 * The checksum is known where the digest by `algorithm` was computed of the same bytes; otherwise the program is read twice. A table
 * that it has goes: what of it is to stay must be among the PKCS#7s.
 */
export async function* embedPeSignatures(
  source: RandomAccessSource,
  layout: PeLayout,
  signatures: readonly Uint8Array[],
  algorithm: PeDigestAlgorithm = 'sha256',
): AsyncGenerator<Uint8Array> {
  const end = programEnd(layout);
  const tableOffset = end + paddingBytes(end);
  const table = certificateTable(tableOffset, signatures);
  const tail = concatenate([new Uint8Array(tableOffset - end), table]);
  const directory = patch(layout.certificateDirectoryOffset, [tableOffset, table.length]);
  const checksum = (await peSums(source, layout, algorithm)).checksum.copy();
  checksum.replaceZeros(directory.offset, directory.bytes);
  checksum.update(tail);
  yield* patchedChunks(source, end, [patch(layout.checksumOffset, [checksum.value()]), directory]);
  yield tail;
}

/** WIN_CERTIFICATEs one after another, each length counting its own padding. */
function certificateTable(tableOffset: number, signatures: readonly Uint8Array[]): Uint8Array {
  const table = concatenate(signatures.map(winCertificate));
  if (signatures.length === 0 || signatures.length > entriesMax || table.length > tableSizeMax) {
    const message = `${signatures.length} signatures of ${table.length} bytes; a program carries 1 to ${entriesMax} of ${tableSizeMax}`;
    throw new PeError('CERTIFICATE_TABLE_ENTRIES', tableOffset, message, replaceIt);
  }
  if (tableOffset + table.length > 0xffffffff) {
    const message = `with its signature the program would end at byte ${tableOffset + table.length}`;
    throw new PeError('TOO_LARGE', tableOffset, message, 'Make the program smaller than 4 GiB.');
  }
  return table;
}

function winCertificate(pkcs7: Uint8Array): Uint8Array {
  try {
    readDer(pkcs7, { depthMax: signatureDepthMax });
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    const message = `the signature to embed is no DER value: ${cause.message}`;
    throw new PeError('SIGNATURE_INVALID', 0, message, 'Embed what buildAuthenticode returns.', { cause });
  }
  const length = Math.ceil((winCertificateHeaderBytes + pkcs7.length) / tableAlignment) * tableAlignment;
  const entry = new Uint8Array(length);
  const header = new DataView(entry.buffer);
  header.setUint32(0, length, true);
  header.setUint16(4, winCertificateRevision2, true);
  header.setUint16(6, winCertificateTypePkcs7, true);
  entry.set(pkcs7, winCertificateHeaderBytes);
  return entry;
}

function patch(offset: number, words: readonly number[]): Patch {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  return { offset, bytes };
}

/** The source's bytes with the patches laid over. */
async function* patchedChunks(
  source: RandomAccessSource,
  sizeBytes: number,
  patches: readonly Patch[],
): AsyncGenerator<Uint8Array> {
  let start = 0;
  for await (const chunk of lentChunks(source, 0, sizeBytes)) {
    const end = start + chunk.length;
    for (const { offset, bytes } of patches) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + bytes.length, end);
      if (from < to) chunk.set(bytes.subarray(from - offset, to - offset), from - start);
    }
    yield chunk;
    start = end;
  }
}
