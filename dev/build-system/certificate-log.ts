import { concatenate, octetString } from '#core/pki/asn1/index.ts';
import type { SigningKey } from './keys.ts';

/** SignedCertificateTimestampList in a certificate, RFC 6962 §3.3. */
export const sctListOid = '1.3.6.1.4.1.11129.2.4.2';

/**
 * Certificate without SCTs (DER TBSCertificate) → value of its SCT extension, with one SCT by the log.
 * RFC 6962 §3.2: the log signs version, type, time, entry type, the hash of the issuer's key and the TBS.
 */
export function certificateTimestampExtension(
  log: SigningKey,
  issuerKeyHash: Uint8Array,
  tbsCertificate: Uint8Array,
  at: Date,
): Uint8Array {
  const version = Uint8Array.of(0);
  const certificateTimestamp = Uint8Array.of(0);
  const precertEntry = Uint8Array.of(0, 1);
  const noExtensions = Uint8Array.of(0, 0);
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(at.getTime()));
  const signed = concatenate([
    version,
    certificateTimestamp,
    time,
    precertEntry,
    issuerKeyHash,
    bigEndian(tbsCertificate.length, 3),
    tbsCertificate,
    noExtensions,
  ]);
  const signature = log.sign(signed);
  // RFC 5246 §7.4.1.4.1: hash sha256(4), signature ecdsa(3).
  const algorithm = Uint8Array.of(4, 3);
  const sct = concatenate([
    version,
    log.id,
    time,
    noExtensions,
    algorithm,
    bigEndian(signature.length, 2),
    signature,
  ]);
  return octetString(concatenate([bigEndian(sct.length + 2, 2), bigEndian(sct.length, 2), sct]));
}

function bigEndian(value: number, size: 2 | 3): Uint8Array {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, value);
  return four.subarray(4 - size);
}
