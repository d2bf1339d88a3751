/**
 * Authenticode's SignedData: PKCS#7 v1.5, not CMS, so version 1 and the content directly inside `[0]`.
 * Source: Windows Authenticode Portable Executable Signature Format, "Authenticode-Specific Structures".
 */
import {
  Asn1Error,
  bmpBytes,
  explicit,
  ia5Bytes,
  implicitPrimitive,
  octetString,
  oid,
  oids,
  sequence,
  setOf,
  type Der,
} from '../asn1/index.ts';
import { signerAlgorithmFor, type HashName } from './algorithms.ts';
import { attribute } from './attributes.ts';
import { CmsError } from './errors.ts';
import { contentDigest, digestLengths } from './spc-indirect-data.ts';
import { publicKey } from './verify-signer-info.ts';
import { writeSignedData, type SignatureInput } from './write-signed-data.ts';

interface SignedAttributesInput {
  /** OID of what is signed; default: SPC_INDIRECT_DATA_OBJID. For catalogs it is that of a list. */
  readonly contentType?: string;
  /** Over the content's contents octets, as contentDigest gives it. */
  readonly contentDigest: Uint8Array;
  /** Made by this hash; SHA-256 where left out. */
  readonly hash?: HashName;
  /** Name of the program that Windows shows when it asks for elevation. */
  readonly description?: string | null;
  readonly descriptionUrl?: string | null;
}

const descriptionCharactersMax = 256;
const urlCharactersMax = 2048;

/**
 * → DER SET (tag 0x31) of the signed attributes: the very bytes to be hashed and signed.
 * ```
 * contentType      SPC_INDIRECT_DATA_OBJID, or that of a catalog's list
 * messageDigest    OCTET STRING
 * SpcStatementType SEQUENCE { individual code signing }
 * SpcSpOpusInfo    SEQUENCE { programName [0] EXPLICIT SpcString OPTIONAL, moreInfo [1] EXPLICIT SpcLink OPTIONAL }
 * ```
 * Neither signingTime (the timestamp states the time) nor cmsAlgorithmProtect, which Windows does not know.
 */
export function authenticodeSignedAttributes(input: SignedAttributesInput): Der {
  const { hash = 'sha256' } = input;
  if (input.contentDigest.length !== digestLengths[hash]) {
    throw new CmsError('MALFORMED', `a ${hash} digest of ${input.contentDigest.length} bytes`);
  }
  return setOf(
    attribute(oids.contentType, oid(input.contentType ?? oids.spcIndirectData)),
    attribute(oids.messageDigest, octetString(input.contentDigest)),
    attribute(oids.spcStatementType, sequence(oid(oids.spcIndividualCodeSigning))),
    attribute(oids.spcSpOpusInfo, opusInfo(input.description ?? null, input.descriptionUrl ?? null)),
  );
}

function opusInfo(description: string | null, url: string | null): Der {
  if (description !== null && (description === '' || description.length > descriptionCharactersMax)) {
    const message = `the description has ${description.length} characters; expected 1 to ${descriptionCharactersMax}`;
    throw new CmsError('DESCRIPTION_INVALID', message);
  }
  if (url !== null && (url.length > urlCharactersMax || !/^https?:\/\//.test(url))) {
    const message = `the description's URL must start with https:// or http:// and have up to ${urlCharactersMax} characters`;
    throw new CmsError('DESCRIPTION_INVALID', message);
  }
  try {
    return sequence(
      ...(description === null ? [] : [explicit(0, implicitPrimitive(0, bmpBytes(description)))]),
      ...(url === null ? [] : [explicit(1, implicitPrimitive(0, ia5Bytes(url)))]),
    );
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new CmsError('DESCRIPTION_INVALID', `description or URL can't be encoded: ${cause.message}`, {
      cause,
    });
  }
}

interface BuildAuthenticodeInput extends Omit<SignatureInput, 'hash' | 'timestampToken'> {
  /** OID of the content; default: SPC_INDIRECT_DATA_OBJID. */
  readonly contentType?: string;
  /** DER, SpcIndirectDataContent by default. */
  readonly content: Uint8Array;
  /** SHA-256 where left out. */
  readonly hash?: HashName;
  readonly timestampToken?: Uint8Array | null;
}

/**
 * The parts of a signature → DER ContentInfo with SignedData, to be embedded.
 * Rejects attributes that are about other content, and keys other than RSA and EC. Of RSA the algorithm is rsaEncryption, as signtool
 * writes it; of ECDSA it names the hash, as OpenSSL does it (RFC 5758 §3.2). Does not check the signature: verifyAuthenticode does that over the finished file.
 */
export function buildAuthenticode(input: BuildAuthenticodeInput): Der {
  const { hash = 'sha256', timestampToken = null, content } = input;
  return writeSignedData(
    { ...input, hash, timestampToken },
    {
      contentType: input.contentType ?? oids.spcIndirectData,
      content,
      contentDigest: contentDigest(content, hash),
      signatureAlgorithm: signerAlgorithmFor(publicKey(input.signerCertificate), hash),
      timestampType: oids.authenticodeTimestampToken,
    },
  );
}
