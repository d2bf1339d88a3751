/** A detached CMS signature (RFC 5652 §5) of a file: SignedData of type id-data, without the data. */
import { octetString, oid, oids, setOf, type Der } from '../asn1/index.ts';
import { signerAlgorithmFor, type HashName } from './algorithms.ts';
import { attribute, singleValue } from './attributes.ts';
import { signingCertificateV2 } from './signing-certificate.ts';
import { publicKey } from './verify-signer-info.ts';
import { verifyWritten, type Requirement, type WrittenVerification } from './verify-written.ts';
import { signingTimeValue, writeSignedData, type SignatureInput } from './write-signed-data.ts';

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
    attribute(oids.signingTime, signingTimeValue(input.time)),
    attribute(oids.signingCertificateV2, signingCertificateV2(input.signerCertificate)),
  );
}

interface BuildInput extends SignatureInput {
  /** Of the file, by `hash`: the attributes have to be about it. */
  readonly digest: Uint8Array;
}

/** The parts of a signature → DER ContentInfo. The timestamp is the unsigned attribute of RFC 3161 appendix A. */
export function buildFileSignature(input: BuildInput): Der {
  return writeSignedData(input, {
    contentType: oids.data,
    content: null,
    contentDigest: input.digest,
    signatureAlgorithm: signerAlgorithmFor(publicKey(input.signerCertificate), input.hash),
    timestampType: oids.timestampToken,
  });
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

const attributeTypes: readonly string[] = [
  oids.contentType,
  oids.messageDigest,
  oids.signingTime,
  oids.signingCertificateV2,
];

/** Signature and digest of a file → whether they belong together. As verifyWritten. */
export function verifyFileSignature({ cms, digest, ...input }: VerifyInput): WrittenVerification {
  return verifyWritten(
    { ...input, signedData: cms },
    {
      contentType: oids.data,
      form: 'detached',
      timestampType: oids.timestampToken,
      contentDigest: digest,
      more: ({ signerInfo }) => attributeRequirements(signerInfo.signedAttributes, input.signerCertificate),
    },
  );
}

function attributeRequirements(
  attributes: WrittenVerification['signedData']['signerInfo']['signedAttributes'],
  signerCertificate: Uint8Array,
): readonly Requirement[] {
  const certificate = singleValue(attributes, oids.signingCertificateV2);
  return [
    [
      attributes.size === attributeTypes.length && attributeTypes.every((type) => attributes.has(type)),
      'the signed attributes are others than were to be signed',
    ],
    [
      certificate !== null &&
        Buffer.compare(certificate.bytes, signingCertificateV2(signerCertificate)) === 0,
      'the signing-certificate attribute names another certificate',
    ],
  ];
}
