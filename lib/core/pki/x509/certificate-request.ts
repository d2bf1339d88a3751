import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import {
  asBitString,
  asSequence,
  asSmallInteger,
  bitString,
  implicitConstructed,
  integer,
  readDer,
  sequence,
} from '../asn1/index.ts';
import { X509Error } from '../certificate-path/index.ts';
import { issuerAlgorithm } from './issuer-algorithm.ts';
import { subjectName, type SubjectName } from './profiles.ts';

const requestBytesMax = 64 * 1024;

export interface CertificateRequestContents {
  readonly publicKey: KeyObject;
  /** DER Name. */
  readonly subject: Uint8Array;
}

/**
 * Subject, key and signing port (RSASSA-PKCS1-v1_5 or ECDSA, over the key's hash) → DER CertificationRequest without attributes (RFC 2986
 * §4.2): a CA sets extensions by its own profile. Throws SIGNATURE_WRONG if the port signed with another key.
 */
export async function createCertificateRequest(
  request: { readonly subject: SubjectName; readonly publicKey: KeyObject },
  sign: (toBeSigned: Uint8Array, hash: 'sha256' | 'sha384') => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const info = sequence(
    integer(0),
    new Uint8Array(subjectName(request.subject).toArrayBuffer()),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    implicitConstructed(0),
  );
  const { algorithm, hash } = issuerAlgorithm(request.publicKey);
  const der = sequence(info, algorithm, bitString(await sign(info, hash)));
  readCertificateRequest(der);
  return der;
}

/** DER CertificationRequest → its key and subject, after its signature was verified. Throws X509Error; at most 64 KiB. */
export function readCertificateRequest(der: Uint8Array): CertificateRequestContents {
  if (der.length > requestBytesMax) {
    throw new X509Error('MALFORMED', `a certificate request of ${der.length} bytes; 64 KiB is the limit`);
  }
  const { info, algorithm, signature, subject, publicKey } = parts(der);
  const { algorithm: expected, hash } = issuerAlgorithm(publicKey);
  if (Buffer.compare(algorithm, expected) !== 0) {
    throw new X509Error(
      'ALGORITHM_WEAK',
      'a certificate request here is signed with RSA and SHA-256, or with ECDSA and the hash of its curve',
    );
  }
  if (!verify(hash, info, publicKey, signature)) {
    throw new X509Error('SIGNATURE_WRONG', 'the certificate request is signed with another key than its own');
  }
  return { publicKey, subject };
}

function parts(der: Uint8Array) {
  try {
    const [info, algorithm, signature, ...more] = asSequence(readDer(der));
    if (info === undefined || algorithm === undefined || signature === undefined || more.length > 0) {
      throw new X509Error('MALFORMED', 'a certificate request has three members');
    }
    const [version, subject, key, attributes, ...others] = asSequence(info);
    const whole = version !== undefined && subject !== undefined && key !== undefined;
    if (!whole || attributes === undefined || others.length > 0 || asSmallInteger(version) !== 0) {
      throw new X509Error('MALFORMED', 'version 1, subject, key and attributes (RFC 2986 §4.1)');
    }
    return {
      info: info.bytes,
      algorithm: algorithm.bytes,
      signature: asBitString(signature).bytes,
      subject: subject.bytes,
      publicKey: createPublicKey({ key: Buffer.from(key.bytes), type: 'spki', format: 'der' }),
    };
  } catch (cause) {
    if (cause instanceof X509Error) throw cause;
    throw new X509Error('MALFORMED', 'not a DER certificate request', { cause });
  }
}
