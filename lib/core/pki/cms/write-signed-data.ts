/** SignedData of version 1 with one signer, which PKCS#7 v1.5 (RFC 2315 §9) and CMS (RFC 5652 §5) encode alike: the one place that writes it. */
import {
  asOctetString,
  asSet,
  explicit,
  generalizedTime,
  implicitConstructed,
  integer,
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
import { attribute, readAttributes, singleValue } from './attributes.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { CmsError, reading } from './errors.ts';

/** What every signature is made of, whatever its form. */
export interface SignatureInput {
  /** The bytes that were signed: a DER SET of attributes. */
  readonly signedAttributes: Uint8Array;
  /** Of the content and of the attributes. */
  readonly hash: HashName;
  /** Over signedAttributes. */
  readonly signature: Uint8Array;
  /** DER certificate of the key that signed. */
  readonly signerCertificate: Uint8Array;
  /** DER certificates above it. */
  readonly chain: readonly Uint8Array[];
  /** DER RFC 3161 token over SHA-256 of the signature; null: none is wanted. */
  readonly timestampToken: Uint8Array | null;
}

interface Form {
  readonly contentType: string;
  /** DER, inside `[0]`; null: the content lies elsewhere. */
  readonly content: Uint8Array | null;
  /** Of the content, by `hash`: the attributes have to be about it. */
  readonly contentDigest: Uint8Array;
  /** AlgorithmIdentifier. */
  readonly signatureAlgorithm: Der;
  /** OID of the unsigned attribute that holds the timestamp. */
  readonly timestampType: string;
}

/** → DER ContentInfo. Rejects attributes that are about other content. Does not check the signature. */
export function writeSignedData(input: SignatureInput, form: Form): Der {
  const { hash, signature, signerCertificate, chain, timestampToken: token } = input;
  checkMessageDigest(input, form);
  const identity = certificateIdentity(signerCertificate);
  const signerInfo = sequence(
    integer(1),
    sequence(identity.issuer, identity.serialNumberDer),
    algorithmIdentifier(oids[hash]),
    implicitConstructed(0, readDer(input.signedAttributes).contents),
    form.signatureAlgorithm,
    octetString(signature),
    ...(token === null ? [] : [implicitConstructed(1, attribute(form.timestampType, token))]),
  );
  const signedData = sequence(
    integer(1),
    setOf(algorithmIdentifier(oids[hash])),
    sequence(oid(form.contentType), ...(form.content === null ? [] : [explicit(0, form.content)])),
    implicitConstructed(0, readDer(setOf(signerCertificate, ...chain)).contents),
    setOf(signerInfo),
  );
  return sequence(oid(oids.signedData), explicit(0, signedData));
}

function checkMessageDigest({ signedAttributes }: SignatureInput, { contentDigest }: Form): void {
  const stated = reading('signed attributes', () => {
    const value = singleValue(readAttributes(asSet(readDer(signedAttributes))), oids.messageDigest);
    return value === null ? new Uint8Array(0) : asOctetString(value);
  });
  if (Buffer.compare(stated, contentDigest) !== 0) {
    throw new CmsError('MESSAGE_DIGEST_MISMATCH', 'the signed attributes are about other content');
  }
}

/** The value of signingTime, RFC 5652 §11.3: UTCTime up to 2049. */
export const signingTimeValue = (time: Date): Der =>
  time.getUTCFullYear() < 2050 ? utcTime(time) : generalizedTime(time);
