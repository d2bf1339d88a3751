import { readDer, oids } from '../asn1/index.ts';
import { algorithmIdentifier, signatureAlgorithmFor, type HashName } from './algorithms.ts';
import { singleValue } from './attributes.ts';
import type { SignedData } from './parse-signed-data.ts';
import { publicKey } from './verify-signer-info.ts';
import { verifyWritten, type WrittenVerification } from './verify-written.ts';

interface VerifyDetachedInput {
  /** DER ContentInfo, as buildDetached made it. */
  readonly signedData: Uint8Array;
  readonly content: Uint8Array;
  /** DER of the certificate that must have signed. */
  readonly signerCertificate: Uint8Array;
  /** By which it must have been signed. */
  readonly hash: HashName;
}

/** Signature and content → whether they belong together and who signed. As verifyWritten. */
export function verifyDetached(input: VerifyDetachedInput): WrittenVerification {
  const { content, signerCertificate, hash } = input;
  return verifyWritten(input, {
    contentType: oids.data,
    form: 'detached',
    timestampType: oids.timestampToken,
    content,
    more: ({ signerInfo }) => [
      [
        isProtected(signerInfo, signerCertificate, hash),
        'the signed attributes don’t name the algorithms used',
      ],
      [
        singleValue(signerInfo.signedAttributes, oids.signingTime) !== null,
        'the signed attributes state no time',
      ],
    ],
  });
}

function isProtected(
  { signedAttributes }: SignedData['signerInfo'],
  signerCertificate: Uint8Array,
  hash: HashName,
): boolean {
  const protection = singleValue(signedAttributes, oids.cmsAlgorithmProtection);
  const [digest, signature] = protection?.children ?? [];
  const expectedSignature = readDer(signatureAlgorithmFor(publicKey(signerCertificate), hash));
  return (
    protection?.children.length === 2 &&
    Buffer.compare(digest?.bytes ?? new Uint8Array(0), algorithmIdentifier(oids[hash])) === 0 &&
    signature?.tagClass === 'context' &&
    signature.tagNumber === 1 &&
    Buffer.compare(signature.contents, expectedSignature.contents) === 0
  );
}
