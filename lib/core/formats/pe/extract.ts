import { readDer, Asn1Error } from '../../pki/asn1/index.ts';
import { signatureDepthMax } from '../../pki/cms/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { PeError, signUnsigned } from './errors.ts';
import type { PeLayout } from './layout.ts';

/** Signed program → the DER PKCS#7 ContentInfo of each entry of its certificate table, padding cut off; none when unsigned. */
export async function extractPeSignatures(
  source: RandomAccessSource,
  layout: PeLayout,
): Promise<readonly Uint8Array[]> {
  const signatures: Uint8Array[] = [];
  for (const { pkcs7Offset, pkcs7SizeBytes } of layout.certificateTable?.entries ?? []) {
    const pkcs7 = Uint8Array.from(await readExactly(source, pkcs7Offset, pkcs7SizeBytes));
    try {
      readDer(pkcs7, { depthMax: signatureDepthMax });
    } catch (cause) {
      if (!(cause instanceof Asn1Error)) throw cause;
      const message = `the embedded signature is malformed: ${cause.message}`;
      throw new PeError('SIGNATURE_INVALID', pkcs7Offset, message, signUnsigned, { cause });
    }
    signatures.push(pkcs7);
  }
  return signatures;
}
