import { createPublicKey, verify } from 'node:crypto';
import {
  asBitString,
  asEnumerated,
  asInteger,
  asOctetString,
  asOid,
  asSequence,
  asSmallInteger,
  asTime,
  Asn1Error,
  isContext,
  isUniversal,
  oids,
  readDer,
  universalTag,
  type DerNode,
} from '../asn1/index.ts';
import { parseCertificate } from '../x509/index.ts';
import { RevocationError } from './error.ts';

export interface ReadRevocationList {
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial number (lower-case hexadecimal digits, whole octets) → since when, and the reason's code. */
  readonly revoked: ReadonlyMap<string, { readonly revokedAt: Date; readonly reason: number | null }>;
}

/** 2,000 entries take about 100 kB. */
const revocationListBytesMax = 64 * 1024 * 1024;

/**
 * DER CertificateList → its contents, after its signature by `issuer` (DER certificate) was verified. Throws
 * RevocationError MALFORMED or SIGNATURE_WRONG.
 */
export function readRevocationList(der: Uint8Array, issuer: Uint8Array): ReadRevocationList {
  try {
    return read(der, issuer);
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new RevocationError('MALFORMED', `not a revocation list: ${cause.message}`, { cause });
  }
}

function read(der: Uint8Array, issuer: Uint8Array): ReadRevocationList {
  const limits = { elementsMax: 15_000_000, sizeMax: revocationListBytesMax };
  const [tbs, , signature] = asSequence(readDer(der, limits));
  if (tbs === undefined || signature === undefined) throw malformed('three members expected');
  const key = createPublicKey(
    parseCertificate(issuer).node.publicKey.export({ type: 'spki', format: 'pem' }),
  );
  if (!verify('sha256', tbs.bytes, key, asBitString(signature).bytes)) {
    throw new RevocationError('SIGNATURE_WRONG', 'the list isn’t signed by this issuer');
  }
  const members = [...asSequence(tbs)];
  const [version, , , thisUpdate, nextUpdate] = members;
  if (version === undefined || thisUpdate === undefined || nextUpdate === undefined)
    throw malformed('version, issuer and times expected');
  if (asInteger(version) !== 1n) throw malformed('version 2 expected');
  const rest = members.slice(5);
  const listed = rest.find((member) => isUniversal(member, universalTag.sequence));
  const extensions = rest.find((member) => isContext(member, 0))?.children[0];
  return {
    number: numberOf(extensions),
    thisUpdate: asTime(thisUpdate),
    nextUpdate: asTime(nextUpdate),
    revoked: new Map((listed === undefined ? [] : asSequence(listed)).map(entry)),
  };
}

function numberOf(extensions: DerNode | undefined): number {
  const value = extensions === undefined ? undefined : extensionOf(extensions, oids.crlNumber);
  if (value === undefined) throw malformed('a list number expected');
  return asSmallInteger(readDer(value));
}

function entry(node: DerNode): [string, { revokedAt: Date; reason: number | null }] {
  const [serial, date, extensions] = asSequence(node);
  if (serial === undefined || date === undefined) throw malformed('an entry without serial number or date');
  const hex = asInteger(serial).toString(16);
  const reason = extensions === undefined ? undefined : extensionOf(extensions, oids.reasonCode);
  return [
    hex.padStart(hex.length + (hex.length % 2), '0'),
    { revokedAt: asTime(date), reason: reason === undefined ? null : asEnumerated(readDer(reason)) },
  ];
}

function extensionOf(extensions: DerNode, id: string): Uint8Array | undefined {
  for (const extension of asSequence(extensions)) {
    const [type, ...values] = asSequence(extension);
    const value = values.at(-1);
    if (type !== undefined && value !== undefined && asOid(type) === id) return asOctetString(value);
  }
  return undefined;
}

const malformed = (message: string): RevocationError =>
  new RevocationError('MALFORMED', `not a revocation list: ${message}`);
