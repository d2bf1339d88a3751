import { createHash } from 'node:crypto';
import {
  asInteger,
  asOctetString,
  asOid,
  asSequence,
  integer,
  nullValue,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import { parseCertificateSerial, type CertificateSerial } from '../../ids/index.ts';
import { parseCertificate } from '../x509/index.ts';
import { OcspError } from './error.ts';

/** SHA-1 only identifies the issuer here and protects nothing: most clients support no other hash (RFC 5019 §2.1.1, RFC 9654 §3). */
export const certificateIdHashes = ['sha1', 'sha256'] as const;
export type CertificateIdHash = (typeof certificateIdHashes)[number];

const oidOf: Readonly<Record<CertificateIdHash, string>> = { sha1: oids.sha1, sha256: oids.sha256 };

/** How requests identify an issuer: digests of its name and of its key, one pair per hash (RFC 6960 §4.1.1). */
export interface IssuerDigests {
  readonly hash: CertificateIdHash;
  readonly name: Uint8Array;
  readonly key: Uint8Array;
}

export interface CertificateId {
  /** null: a hash that isn't supported, so not a certificate of ours. */
  readonly issuer: IssuerDigests | null;
  readonly serial: CertificateSerial;
}

const serialOctetsMax = 20;
/** Keyed by the array itself: a certificate's bytes never change. */
const remembered = new WeakMap<Uint8Array, readonly IssuerDigests[]>();

/** DER certificate → its digests, one pair per hash. */
export function issuerDigests(ca: Uint8Array): readonly IssuerDigests[] {
  const known = remembered.get(ca);
  if (known !== undefined) return known;
  const { node, der } = parseCertificate(ca);
  // version, serialNumber, signature, issuer, validity, subject (RFC 5280 §4.1).
  const subject = readDer(der).children[0]?.children[5];
  const spki = readDer(new Uint8Array(node.publicKey.export({ type: 'spki', format: 'der' })));
  const bits = spki.children[1];
  if (subject === undefined || bits === undefined) throw new OcspError('MALFORMED', 'the issuer has no name');
  // The BIT STRING's first octet counts its unused bits and isn't part of the key.
  const key = bits.contents.subarray(1);
  const digests = certificateIdHashes.map((hash) => ({
    hash,
    name: digest(hash, subject.bytes),
    key: digest(hash, key),
  }));
  remembered.set(ca, digests);
  return digests;
}

/** CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } */
export function encodeCertificateId(issuer: IssuerDigests, serial: CertificateSerial): Der {
  return sequence(
    sequence(oid(oidOf[issuer.hash]), nullValue()),
    octetString(issuer.name),
    octetString(issuer.key),
    integer(Uint8Array.from(Buffer.from(serial, 'hex'))),
  );
}

/** OCSPRequest for one certificate, unsigned and without extensions: what RFC 5019 has clients ask, so that answers can be prepared. */
export const encodeStatusRequest = (issuer: IssuerDigests, serial: CertificateSerial): Der =>
  sequence(sequence(sequence(sequence(encodeCertificateId(issuer, serial)))));

/** Throws OcspError MALFORMED if the serial number isn't valid by RFC 5280 §4.1.2.2, and Asn1Error for other shapes. */
export function readCertificateId(node: DerNode): CertificateId {
  const [algorithm, name, key, serialNumber] = asSequence(node);
  const [id] = algorithm === undefined ? [] : asSequence(algorithm);
  if (id === undefined || name === undefined || key === undefined || serialNumber === undefined)
    throw new OcspError('MALFORMED', 'a certificate id has four members');
  const hash = certificateIdHashes.find((candidate) => oidOf[candidate] === asOid(id));
  return {
    serial: readSerial(serialNumber),
    issuer: hash === undefined ? null : { hash, name: asOctetString(name), key: asOctetString(key) },
  };
}

export function isSameIssuer(left: IssuerDigests, right: IssuerDigests): boolean {
  return (
    left.hash === right.hash &&
    Buffer.compare(left.name, right.name) === 0 &&
    Buffer.compare(left.key, right.key) === 0
  );
}

function readSerial(node: DerNode): CertificateSerial {
  const value = node.contents.length > serialOctetsMax + 1 ? 0n : asInteger(node);
  const hex = value.toString(16);
  if (value <= 0n || hex.length > serialOctetsMax * 2)
    throw new OcspError('MALFORMED', `serial number: positive, at most ${serialOctetsMax} octets`);
  return parseCertificateSerial(hex.padStart(hex.length + (hex.length % 2), '0'));
}

const digest = (hash: CertificateIdHash, bytes: Uint8Array): Uint8Array =>
  createHash(hash).update(bytes).digest();
