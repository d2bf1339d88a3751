import {
  asInteger,
  asOctetString,
  asSequence,
  asSmallInteger,
  Fields,
  isContext,
  isSetOfOrdered,
  oids,
  type DerNode,
} from '../asn1/index.ts';
import { readAlgorithm } from './algorithms.ts';
import { readAttributes, type CmsAttribute } from './attributes.ts';
import { CmsError } from './errors.ts';

export type SignerIdentifier =
  | { readonly kind: 'issuerAndSerialNumber'; readonly issuer: Uint8Array; readonly serialNumber: bigint }
  | { readonly kind: 'subjectKeyIdentifier'; readonly keyIdentifier: Uint8Array };

export interface SignerInfo {
  readonly version: number;
  readonly signerIdentifier: SignerIdentifier;
  /** OID of the hash. */
  readonly digestAlgorithm: string;
  /** The bytes that the signature covers: the attributes as a SET (tag 0x31), RFC 5652 §5.4; null without any. */
  readonly signedAttributesDer: Uint8Array | null;
  readonly signedAttributes: ReadonlyMap<string, CmsAttribute>;
  /** Whether the signed attributes are in DER's order, as the signature requires. */
  readonly signedAttributesOrdered: boolean;
  /** OID. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly unsignedAttributes: ReadonlyMap<string, CmsAttribute>;
}

const setTag = 0x31;

/** They state what was signed, so that anyone could state it otherwise: RFC 5652 §11.1 to §11.3, RFC 5035 §5, RFC 6211 §2. */
const onlySigned: readonly string[] = [
  oids.contentType,
  oids.messageDigest,
  oids.signingTime,
  oids.signingCertificate,
  oids.signingCertificateV2,
  oids.cmsAlgorithmProtection,
];
/** RFC 5652 §11.4. */
const onlyUnsigned: readonly string[] = [oids.counterSignature];

/**
 * `SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] IMPLICIT OPTIONAL,
 * signatureAlgorithm, signature OCTET STRING, unsignedAttrs [1] IMPLICIT OPTIONAL }`, RFC 5652 §5.3.
 * Rejects attributes on the wrong side of the signature, besides what readAttributes does.
 */
export function parseSignerInfo(node: DerNode): SignerInfo {
  asSequence(node);
  const fields = new Fields(node, 'SignerInfo');
  const version = asSmallInteger(fields.next('version'));
  const signerIdentifier = readSignerIdentifier(fields.next('sid'));
  if (version !== (signerIdentifier.kind === 'issuerAndSerialNumber' ? 1 : 3)) {
    throw new CmsError('MALFORMED', `SignerInfo of version ${version} with ${signerIdentifier.kind}`);
  }
  const digestAlgorithm = readAlgorithm(fields.next('digestAlgorithm'));
  const signed = fields.optional((child) => isContext(child, 0) && child.constructed);
  const signatureAlgorithm = readAlgorithm(fields.next('signatureAlgorithm'));
  const signature = asOctetString(fields.next('signature'));
  const unsigned = fields.optional((child) => isContext(child, 1) && child.constructed);
  fields.end();
  const signedAttributes = readAttributes(signed?.children ?? []);
  const unsignedAttributes = readAttributes(unsigned?.children ?? []);
  rejectAny(onlySigned, unsignedAttributes, 'unsigned');
  rejectAny(onlyUnsigned, signedAttributes, 'signed');
  return {
    version,
    signerIdentifier,
    digestAlgorithm,
    signedAttributesDer: signed === null ? null : retagged(signed.bytes),
    signedAttributes,
    signedAttributesOrdered: isSetOfOrdered(signed?.children ?? []),
    signatureAlgorithm,
    signature,
    unsignedAttributes,
  };
}

function rejectAny(
  types: readonly string[],
  attributes: ReadonlyMap<string, CmsAttribute>,
  side: 'signed' | 'unsigned',
): void {
  const found = types.find((type) => attributes.has(type));
  if (found !== undefined)
    throw new CmsError('MALFORMED', `attribute ${found} is ${side}, where it proves nothing`);
}

function retagged(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0] = setTag;
  return copy;
}

function readSignerIdentifier(node: DerNode): SignerIdentifier {
  if (isContext(node, 0)) {
    if (node.constructed) throw new CmsError('MALFORMED', 'subjectKeyIdentifier is not an OCTET STRING');
    return { kind: 'subjectKeyIdentifier', keyIdentifier: node.contents };
  }
  asSequence(node);
  const fields = new Fields(node, 'IssuerAndSerialNumber');
  const issuer = fields.next('issuer').bytes;
  const serialNumber = asInteger(fields.next('serialNumber'));
  fields.end();
  return { kind: 'issuerAndSerialNumber', issuer, serialNumber };
}
