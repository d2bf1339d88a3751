import { readDer, Asn1Error } from '../../asn1/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeError, signUnsigned } from './errors.ts';
import type { PeLayout } from './layout.ts';

/** Signed program → DER PKCS#7 ContentInfo from its certificate table, padding cut off; null when unsigned. */
export async function extractPeSignature(
  source: RandomAccessSource,
  layout: PeLayout,
): Promise<Uint8Array | null> {
  const table = layout.certificateTable;
  if (table === null) return null;
  const pkcs7 = Uint8Array.from(await readExactly(source, table.pkcs7Offset, table.pkcs7SizeBytes));
  try {
    readDer(pkcs7);
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    const message = `the embedded signature is malformed: ${cause.message}`;
    throw new PeError('SIGNATURE_INVALID', table.pkcs7Offset, message, signUnsigned, { cause });
  }
  return pkcs7;
}
