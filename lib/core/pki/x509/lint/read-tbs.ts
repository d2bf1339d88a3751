import {
  asBoolean,
  asExplicit,
  asOctetString,
  asOid,
  asSequence,
  asSet,
  asString,
  asTime,
  Asn1Error,
  isContext,
  isUniversal,
  readDer,
  universalTag,
  type DerNode,
} from '../../asn1/index.ts';

export interface TbsExtension {
  readonly id: string;
  readonly critical: boolean;
  /** DER of the extension's own type. */
  readonly value: Uint8Array;
}

export interface NameAttribute {
  readonly type: string;
  readonly text: string;
  /** Universal tag of the string. */
  readonly tag: number;
}

/** A TBSCertificate as encoded, RFC 5280 §4.1. */
export interface TbsView {
  readonly version: DerNode | null;
  readonly serial: DerNode;
  readonly signature: DerNode;
  readonly issuer: DerNode;
  readonly notBefore: { readonly node: DerNode; readonly date: Date };
  readonly notAfter: { readonly node: DerNode; readonly date: Date };
  readonly subject: DerNode;
  readonly attributes: readonly NameAttribute[];
  readonly publicKey: DerNode;
  readonly extensions: readonly TbsExtension[];
}

const sizeMax = 64 * 1024;

/** Throws Asn1Error for what isn't a TBSCertificate of version 3. */
export function readTbs(der: Uint8Array): TbsView {
  const members = [...asSequence(readDer(der, { sizeMax, depthMax: 16, elementsMax: 2000 }))];
  const version = members[0] !== undefined && isContext(members[0], 0) ? (members.shift() ?? null) : null;
  const [serial, signature, issuer, validity, subject, publicKey, ...rest] = members;
  const [notBefore, notAfter] = validity === undefined ? [] : asSequence(validity);
  if (serial === undefined || signature === undefined || issuer === undefined || subject === undefined)
    throw lacking('serial number, algorithm, issuer or subject');
  if (notBefore === undefined || notAfter === undefined || publicKey === undefined)
    throw lacking('validity or public key');
  const wrapped = rest.find((member) => isContext(member, 3));
  return {
    version,
    serial,
    signature,
    issuer,
    subject,
    publicKey,
    notBefore: { node: notBefore, date: asTime(notBefore) },
    notAfter: { node: notAfter, date: asTime(notAfter) },
    attributes: asSequence(subject).flatMap((rdn) => asSet(rdn).map(readAttribute)),
    extensions: wrapped === undefined ? [] : asSequence(asExplicit(wrapped, 3)).map(readExtension),
  };
}

function readAttribute(node: DerNode): NameAttribute {
  const [type, value] = asSequence(node);
  if (type === undefined || value === undefined) throw lacking('an attribute’s type or value');
  return { type: asOid(type), text: asString(value), tag: value.tagNumber };
}

function readExtension(node: DerNode): TbsExtension {
  const [id, ...rest] = asSequence(node);
  const value = rest.at(-1);
  if (id === undefined || value === undefined) throw lacking('an extension’s type or value');
  const [first] = rest;
  const hasFlag = first !== undefined && rest.length === 2 && isUniversal(first, universalTag.boolean);
  return { id: asOid(id), critical: hasFlag && asBoolean(first), value: asOctetString(value) };
}

const lacking = (what: string): Asn1Error => new Asn1Error('VALUE_INVALID', 0, `no ${what}`);
