/** A detached CMS signature (RFC 5652 §5) of a file: SignedData of type id-data, without the data. */
import {
  explicit,
  generalizedTime,
  implicitConstructed,
  integer,
  nullValue,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  setOf,
  utcTime,
  type Der,
} from '../asn1/index.ts';
import { algorithmIdentifier, type HashName } from './algorithms.ts';
import { attribute, singleValue } from './attributes.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { CmsError } from './errors.ts';
import { parseSignedData, type SignedData } from './parse-signed-data.ts';
import { signingCertificateV2 } from './signing-certificate.ts';
import { publicKey, verifySignerInfo } from './verify-signer-info.ts';

interface AttributesInput {
  readonly hash: HashName;
  /** Of the file, by this hash function. */
  readonly digest: Uint8Array;
  readonly time: Date;
  /** DER. */
  readonly signerCertificate: Uint8Array;
}

/**
 * → DER SET (tag 0x31) of the signed attributes: the very bytes to be hashed and signed (RFC 5652 §5.4).
 * ```
 * contentType            id-data (§11.1)
 * messageDigest          OCTET STRING (§11.2)
 * signingTime            UTCTime to 2049, GeneralizedTime from then on (§11.3)
 * signingCertificateV2   RFC 5035 §3
 * ```
 */
export function fileSignedAttributes(input: AttributesInput): Der {
  return setOf(
    attribute(oids.contentType, oid(oids.data)),
    attribute(oids.messageDigest, octetString(input.digest)),
    attribute(oids.signingTime, timeOf(input.time)),
    attribute(oids.signingCertificateV2, signingCertificateV2(input.signerCertificate)),
  );
}

const timeOf = (time: Date): Der => (time.getUTCFullYear() < 2050 ? utcTime(time) : generalizedTime(time));

interface BuildInput {
  readonly hash: HashName;
  /** The bytes that were signed, as fileSignedAttributes gave them. */
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
  /** DER. */
  readonly signerCertificate: Uint8Array;
  /** DER certificates above it. */
  readonly chain: readonly Uint8Array[];
  /** DER RFC 3161 token over the signature; null: none. */
  readonly timestampToken: Uint8Array | null;
}

const ecdsa: Readonly<Record<HashName, string>> = {
  sha256: oids.ecdsaWithSha256,
  sha384: oids.ecdsaWithSha384,
  sha512: oids.ecdsaWithSha512,
};

/** The parts of a signature → DER ContentInfo. The timestamp is the unsigned attribute of RFC 3161 appendix A. */
export function buildFileSignature(input: BuildInput): Der {
  const { issuer, serialNumberDer } = certificateIdentity(input.signerCertificate);
  const hash = algorithmIdentifier(oids[input.hash]);
  const token = input.timestampToken;
  const signerInfo = sequence(
    integer(1),
    sequence(issuer, serialNumberDer),
    hash,
    implicitConstructed(0, readDer(input.signedAttributes).contents),
    signatureAlgorithm(input.signerCertificate, input.hash),
    octetString(input.signature),
    ...(token === null ? [] : [implicitConstructed(1, attribute(oids.timestampToken, token))]),
  );
  const signedData = sequence(
    integer(1),
    setOf(hash),
    sequence(oid(oids.data)),
    implicitConstructed(0, readDer(setOf(input.signerCertificate, ...input.chain)).contents),
    setOf(signerInfo),
  );
  return sequence(oid(oids.signedData), explicit(0, signedData));
}

/** RFC 5754 §3: rsaEncryption with NULL, or ECDSA with the hash and no parameters. */
function signatureAlgorithm(certificate: Uint8Array, hash: HashName): Der {
  const type = publicKey(certificate).asymmetricKeyType;
  if (type === 'rsa') return sequence(oid(oids.rsaEncryption), nullValue());
  if (type === 'ec') return sequence(oid(ecdsa[hash]));
  throw new CmsError(
    'CERTIFICATE_UNSUITABLE',
    `the signer's key is of type ${type ?? 'unknown'}; expected RSA or EC`,
  );
}

interface VerifyInput {
  /** DER ContentInfo. */
  readonly cms: Uint8Array;
  readonly hash: HashName;
  /** Of the file, computed again. */
  readonly digest: Uint8Array;
  /** DER of the certificate that must have signed. */
  readonly signerCertificate: Uint8Array;
}

export interface FileVerification {
  /** Empty: it is a signature of the file with this digest, made with the key of this certificate. */
  readonly problems: readonly string[];
  readonly signature: Uint8Array;
  /** DER RFC 3161 token, null when there is none; not verified here. */
  readonly timestampToken: Uint8Array | null;
}

const attributeTypes: readonly string[] = [
  oids.contentType,
  oids.messageDigest,
  oids.signingTime,
  oids.signingCertificateV2,
];

/** Signature and digest of a file → whether they belong together. Throws CmsError only for what can't be read at all. */
export function verifyFileSignature(input: VerifyInput): FileVerification {
  const signedData = parseSignedData(input.cms);
  const { signerInfo } = signedData;
  const verified = verifySignerInfo({ signedData, contentDigest: input.digest });
  const problems = [...structureProblems(signedData, input), ...verified.problems];
  const named = verified.certificate;
  if (named === null || Buffer.compare(named, input.signerCertificate) !== 0)
    problems.push('the signature names another certificate');
  if (problems.length === 0 && !verified.ok) problems.push('the signature does not verify');
  return {
    problems,
    signature: signerInfo.signature,
    timestampToken: singleValue(signerInfo.unsignedAttributes, oids.timestampToken)?.bytes ?? null,
  };
}

function structureProblems(signedData: SignedData, input: VerifyInput): readonly string[] {
  const { signerInfo, digestAlgorithms } = signedData;
  const attributes = signerInfo.signedAttributes;
  const certificate = singleValue(attributes, oids.signingCertificateV2);
  const wanted: readonly (readonly [boolean, string])[] = [
    [signedData.encapContentType === oids.data, 'the content is of another type than id-data'],
    [signedData.encapContentForm === 'detached', 'the signature holds content of its own'],
    [signerInfo.digestAlgorithm === oids[input.hash], `the digest algorithm is not ${input.hash}`],
    [
      digestAlgorithms.length === 1 && digestAlgorithms[0] === signerInfo.digestAlgorithm,
      'the digest algorithms announced are not the one used',
    ],
    [signerInfo.signedAttributesOrdered, "the signed attributes are not in DER's order"],
    [
      attributes.size === attributeTypes.length && attributeTypes.every((type) => attributes.has(type)),
      'the signed attributes are others than were to be signed',
    ],
    [
      certificate !== null &&
        Buffer.compare(certificate.bytes, signingCertificateV2(input.signerCertificate)) === 0,
      'the signing-certificate attribute names another certificate',
    ],
  ];
  return wanted.filter(([holds]) => !holds).map(([, problem]) => problem);
}
