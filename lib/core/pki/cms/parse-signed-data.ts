import {
  asExplicit,
  asOctetString,
  asOid,
  asSequence,
  asSet,
  asSmallInteger,
  Fields,
  isContext,
  isUniversal,
  oids,
  readDer,
  universalTag,
  type DerNode,
} from '../asn1/index.ts';
import { readAlgorithm } from './algorithms.ts';
import { CmsError, reading } from './errors.ts';
import { parseSignerInfo, type SignerInfo } from './parse-signer-info.ts';

export interface SignedData {
  readonly version: number;
  /** OIDs of the hashes listed. */
  readonly digestAlgorithms: readonly string[];
  readonly encapContentType: string;
  /**
   * The octets that messageDigest covers, null when detached: of an OCTET STRING (CMS) its contents, of
   * another type (PKCS#7 v1.5, Authenticode) its contents without tag and length.
   */
  readonly encapContent: Uint8Array | null;
  /** The whole TLV inside `[0]`, null when detached. */
  readonly encapContentDer: Uint8Array | null;
  readonly encapContentForm: 'octet-string' | 'direct' | 'detached';
  /** DER X.509 certificates, in the order of the file; other forms are omitted. */
  readonly certificates: readonly Uint8Array[];
  readonly signerInfo: SignerInfo;
}

const certificatesMax = 32;

/**
 * Levels of DER: a signature takes 8 up to its unsigned attributes, a timestamp in them 18 more, and each
 * signature nested there 8 again. Microsoft's libraries reach 34; four levels of nesting fit.
 */
export const signatureDepthMax = 64;

/**
 * DER ContentInfo → SignedData, RFC 5652 §5.1 and PKCS#7 v1.5 (RFC 2315 §9.1):
 * ```
 * SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier,
 *   encapContentInfo SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT ANY OPTIONAL },
 *   certificates [0] IMPLICIT SET OF ANY OPTIONAL, crls [1] IMPLICIT SET OF ANY OPTIONAL,
 *   signerInfos SET OF SignerInfo }
 * ```
 * Rejects (CmsError): BER and malformed DER, other content types, no or several signers, versions other than 1 and 3,
 * anything among the certificates that isn't one, duplicate attributes. Doesn't verify the signature: verifySignerInfo does.
 */
export function parseSignedData(der: Uint8Array): SignedData {
  return reading('SignedData', () => {
    const contentInfo = readDer(der, { depthMax: signatureDepthMax });
    asSequence(contentInfo);
    const outer = new Fields(contentInfo, 'ContentInfo');
    const type = asOid(outer.next('contentType'));
    if (type !== oids.signedData) {
      throw new CmsError('NOT_SIGNED_DATA', `content type ${type} is not SignedData`);
    }
    const inner = asExplicit(outer.next('content'), 0);
    outer.end();
    asSequence(inner);
    return readSignedData(new Fields(inner, 'SignedData'));
  });
}

function readSignedData(fields: Fields): SignedData {
  const version = asSmallInteger(fields.next('version'));
  if (version !== 1 && version !== 3) throw new CmsError('MALFORMED', `SignedData of version ${version}`);
  const digestAlgorithms = asSet(fields.next('digestAlgorithms')).map(readAlgorithm);
  const content = readContent(fields.next('encapContentInfo'));
  const certificates = fields.optional((node) => isContext(node, 0) && node.constructed)?.children ?? [];
  // Revocation lists inside are not used as evidence; those come from the authority itself.
  fields.optional((node) => isContext(node, 1) && node.constructed);
  const signerInfos = asSet(fields.next('signerInfos'));
  fields.end();
  const [signerInfo, ...others] = signerInfos;
  if (signerInfo === undefined || others.length > 0) {
    throw new CmsError('SIGNER_COUNT', `${signerInfos.length} signers; expected one`);
  }
  if (certificates.length > certificatesMax) {
    throw new CmsError(
      'MALFORMED',
      `${certificates.length} certificates, over the limit of ${certificatesMax}`,
    );
  }
  return {
    version,
    digestAlgorithms,
    ...content,
    certificates: certificates.flatMap(asCertificate),
    signerInfo: parseSignerInfo(signerInfo),
  };
}

function readContent(node: DerNode) {
  asSequence(node);
  const fields = new Fields(node, 'EncapsulatedContentInfo');
  const encapContentType = asOid(fields.next('eContentType'));
  const wrapper = fields.optional((child) => isContext(child, 0));
  fields.end();
  if (wrapper === null) {
    const detached = { encapContent: null, encapContentDer: null, encapContentForm: 'detached' } as const;
    return { encapContentType, ...detached };
  }
  const value = asExplicit(wrapper, 0);
  const octets = isUniversal(value, universalTag.octetString);
  return {
    encapContentType,
    encapContent: octets ? asOctetString(value) : value.contents,
    encapContentDer: value.bytes,
    encapContentForm: octets ? ('octet-string' as const) : ('direct' as const),
  };
}

/**
 * CertificateChoices, RFC 5652 §10.2.2: X.509 certificates are untagged. Attribute certificates and other forms, tagged `[0]` to
 * `[3]`, name no key that could have signed; Microsoft's timestamp authority puts one into its tokens. They are skipped.
 */
function asCertificate(node: DerNode): readonly Uint8Array[] {
  if (isUniversal(node, universalTag.sequence)) return [node.bytes];
  if (node.tagClass === 'context' && node.constructed && node.tagNumber <= 3) return [];
  throw new CmsError('MALFORMED', 'a certificate that is not X.509');
}
