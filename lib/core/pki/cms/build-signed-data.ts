/** SignedData of CMS (RFC 5652 §5) around content of its own, as NuGet packages carry it. */
import { createHash } from 'node:crypto';
import { octetString, oids, type Der } from '../asn1/index.ts';
import { algorithmIdentifier } from './algorithms.ts';
import { CmsError } from './errors.ts';
import { verifyWritten, type WrittenInput, type WrittenVerification } from './verify-written.ts';
import { publicKey } from './verify-signer-info.ts';
import { writeSignedData, type SignatureInput } from './write-signed-data.ts';

interface BuildSignedDataInput extends SignatureInput {
  /** Of type id-data. */
  readonly content: Uint8Array;
}

/**
 * The parts of a signature → DER ContentInfo with SignedData of version 1. Rejects attributes that are about other content, and
 * keys other than RSA. Does not check the signature: verifySignedData does that over the finished file.
 */
export function buildSignedData(input: BuildSignedDataInput): Der {
  const { content, hash, signerCertificate } = input;
  const keyType = publicKey(signerCertificate).asymmetricKeyType;
  if (keyType !== 'rsa') {
    throw new CmsError('CERTIFICATE_UNSUITABLE', `the signer's key is of type ${keyType}; expected RSA`);
  }
  return writeSignedData(input, {
    contentType: oids.data,
    content: octetString(content),
    contentDigest: createHash(hash).update(content).digest(),
    // RFC 3370 §3.2: implementations must know this name; the hash stands beside it. .NET writes the same.
    signatureAlgorithm: algorithmIdentifier(oids.rsaEncryption),
    timestampType: oids.timestampToken,
  });
}

interface VerifySignedDataInput extends WrittenInput {
  /** What it must be about. */
  readonly content: Uint8Array;
}

/** Whether the signature holds, is about this content, and who signed. As verifyWritten. */
export function verifySignedData(input: VerifySignedDataInput): WrittenVerification {
  return verifyWritten(input, {
    contentType: oids.data,
    form: 'octet-string',
    timestampType: oids.timestampToken,
    more: ({ encapContent }) => [
      [
        encapContent !== null && Buffer.compare(encapContent, input.content) === 0,
        'the signature is about other content',
      ],
    ],
  });
}
