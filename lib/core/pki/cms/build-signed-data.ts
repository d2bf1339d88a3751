/** SignedData of CMS (RFC 5652 §5) around content of its own, as NuGet packages carry it. */
import {
  asOctetString,
  asSet,
  explicit,
  implicitConstructed,
  integer,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  setOf,
  type Der,
} from '../asn1/index.ts';
import { createHash } from 'node:crypto';
import { algorithmIdentifier, type HashName } from './algorithms.ts';
import { attribute, readAttributes, singleValue } from './attributes.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { CmsError, reading } from './errors.ts';
import { parseSignedData, type SignedData } from './parse-signed-data.ts';
import { publicKey, verifySignerInfo } from './verify-signer-info.ts';

interface BuildSignedDataInput {
  /** Of type id-data. */
  readonly content: Uint8Array;
  /** The bytes that were signed: a DER SET of attributes about `content`. */
  readonly signedAttributes: Uint8Array;
  /** Of the content and of the attributes. */
  readonly hash: HashName;
  /** RSASSA-PKCS1-v1_5 over signedAttributes. */
  readonly signature: Uint8Array;
  /** DER certificate of the key that signed. */
  readonly signerCertificate: Uint8Array;
  /** DER certificates above it. */
  readonly chain: readonly Uint8Array[];
  /** DER RFC 3161 token over SHA-256 of the signature. */
  readonly timestampToken: Uint8Array | null;
}

/**
 * The parts of a signature → DER ContentInfo with SignedData of version 1. Rejects attributes that are about other content, and
 * keys other than RSA. Does not check the signature: verifySignedData does that over the finished file.
 */
export function buildSignedData(input: BuildSignedDataInput): Der {
  const { content, signedAttributes, hash, signature, signerCertificate, chain, timestampToken } = input;
  checkMessageDigest(input);
  const keyType = publicKey(signerCertificate).asymmetricKeyType;
  if (keyType !== 'rsa') {
    throw new CmsError('CERTIFICATE_UNSUITABLE', `the signer's key is of type ${keyType}; expected RSA`);
  }
  const identity = certificateIdentity(signerCertificate);
  const signerInfo = sequence(
    integer(1),
    sequence(identity.issuer, identity.serialNumberDer),
    algorithmIdentifier(oids[hash]),
    implicitConstructed(0, readDer(signedAttributes).contents),
    // RFC 3370 §3.2: implementations must know this name; the hash stands beside it. .NET writes the same.
    algorithmIdentifier(oids.rsaEncryption),
    octetString(signature),
    ...(timestampToken === null
      ? []
      : [implicitConstructed(1, attribute(oids.timestampToken, timestampToken))]),
  );
  const signedData = sequence(
    integer(1),
    setOf(algorithmIdentifier(oids[hash])),
    sequence(oid(oids.data), explicit(0, octetString(content))),
    implicitConstructed(0, readDer(setOf(signerCertificate, ...chain)).contents),
    setOf(signerInfo),
  );
  return sequence(oid(oids.signedData), explicit(0, signedData));
}

function checkMessageDigest({ content, signedAttributes, hash }: BuildSignedDataInput): void {
  const stated = reading('signed attributes', () => {
    const value = singleValue(readAttributes(asSet(readDer(signedAttributes))), oids.messageDigest);
    return value === null ? new Uint8Array(0) : asOctetString(value);
  });
  if (!createHash(hash).update(content).digest().equals(stated)) {
    throw new CmsError('MESSAGE_DIGEST_MISMATCH', 'the signed attributes are about other content');
  }
}

interface VerifySignedDataInput {
  /** DER ContentInfo, as buildSignedData made it. */
  readonly signedData: Uint8Array;
  /** What it must be about. */
  readonly content: Uint8Array;
  /** DER of the certificate that must have signed. */
  readonly signerCertificate: Uint8Array;
  /** By which it must have been signed. */
  readonly hash: HashName;
}

export interface SignedDataVerification {
  /** Empty: it holds, and is of the form that buildSignedData gives it. */
  readonly problems: readonly string[];
  readonly signedData: SignedData;
  /** DER RFC 3161 token, null when there is none or several; not verified here. */
  readonly timestampToken: Uint8Array | null;
}

/**
 * Whether the signature holds, is about this content, and who signed. Chain, validity, revocation and timestamp are the caller's.
 * Throws CmsError only for what can't be read at all.
 */
export function verifySignedData(input: VerifySignedDataInput): SignedDataVerification {
  const signedData = parseSignedData(input.signedData);
  const signer = verifySignerInfo({ signedData });
  const problems = [...signer.problems, ...formProblems(signedData, input)];
  if (signer.certificate === null || Buffer.compare(signer.certificate, input.signerCertificate) !== 0)
    problems.push('the signature names another certificate');
  if (problems.length === 0 && !signer.ok) problems.push('the signature does not verify');
  const { unsignedAttributes } = signedData.signerInfo;
  const timestampToken = singleValue(unsignedAttributes, oids.timestampToken)?.bytes ?? null;
  return { problems, signedData, timestampToken };
}

function formProblems(signedData: SignedData, { content, hash }: VerifySignedDataInput): string[] {
  const { version, encapContentType, encapContentForm, encapContent, signerInfo, digestAlgorithms } =
    signedData;
  const wanted: readonly (readonly [boolean, string])[] = [
    [version === 1, `SignedData of version ${version}; expected 1`],
    [encapContentType === oids.data, `the content is of type ${encapContentType}, not data`],
    [encapContentForm === 'octet-string', 'the content is not in an OCTET STRING'],
    [
      encapContent !== null && Buffer.compare(encapContent, content) === 0,
      'the signature is about other content',
    ],
    [
      signerInfo.signerIdentifier.kind === 'issuerAndSerialNumber',
      'the signer is not named by issuer and serial',
    ],
    [
      digestAlgorithms.length === 1 && digestAlgorithms[0] === signerInfo.digestAlgorithm,
      'the digest algorithms announced are not the one used',
    ],
    [signerInfo.digestAlgorithm === oids[hash], `the signature was made with another hash than ${hash}`],
    [signerInfo.signedAttributesOrdered, "the signed attributes are not in DER's order"],
  ];
  return wanted.filter(([holds]) => !holds).map(([, problem]) => problem);
}
