/** One file that a catalog lists: its tag, its digest and its attributes. */
import {
  asBitString,
  asExplicit,
  asInteger,
  asNull,
  asOctetString,
  asOid,
  asSequence,
  asSet,
  asString,
  Asn1Error,
  Fields,
  isContext,
  oids,
  type DerNode,
} from '../../pki/asn1/index.ts';
import { parseSha256Hex, type Sha256Hex } from '../../ids/index.ts';
import { CatalogError, makeAgain } from './errors.ts';
import { catalogOids } from './oids.ts';

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

export interface CatalogMember {
  /** Authenticode's digest of a program, otherwise that of the whole file. */
  readonly sha256: Sha256Hex;
  /** Name by which Windows finds the digest's program, the attribute `File`; null: none is stated. */
  readonly file: string | null;
}

/** Characters of a name or value; longer ones are cut. */
const textMax = 200;
const useSha256 =
  'Make the catalog with SHA-256 alone: inf2cat /os:10_X64 or later, makecat with CatalogVersion=2 and HashAlgorithms=SHA256, or New-FileCatalog -CatalogVersion 2.';

export function readMember(node: DerNode, index: number): CatalogMember {
  asSequence(node);
  const fields = new Fields(node, 'TrustedSubject');
  const tag = asOctetString(fields.next('tag'));
  const attributes = asSet(fields.next('attributes'));
  fields.end();
  let sha256: Sha256Hex | null = null;
  let file: string | null = null;
  for (const attribute of attributes) {
    const { type, value } = readAttribute(attribute);
    if (type === oids.spcIndirectData) {
      if (sha256 !== null) throw malformed(index, 'has two digests');
      sha256 = readDigest(value, index);
    } else if (type === catalogOids.nameValue) {
      const stated = readNameValue(value);
      if (stated.name.toLowerCase() === 'file') file = stated.value;
    } else if (type !== catalogOids.memberInfo && type !== catalogOids.memberInfo2) {
      const message = `file ${index + 1} of its list has an unknown attribute: ${type}`;
      throw new CatalogError('UNKNOWN_ATTRIBUTE', message, makeAgain);
    }
  }
  if (sha256 === null) throw malformed(index, 'has no digest');
  // Windows finds a file's entry by the tag, and then compares the digest.
  if (!isTagOf(sha256, tag)) {
    const message = `file ${index + 1} of its list has a tag other than its own digest ${sha256}`;
    throw new CatalogError('TAG_MISMATCH', message, makeAgain);
  }
  return { sha256, file };
}

/** `CatalogNameValue ::= SEQUENCE { tag BMPString, flags INTEGER, value OCTET STRING }`, the value UTF-16LE with a NUL. */
export function readNameValue(node: DerNode): NameValue {
  asSequence(node);
  const fields = new Fields(node, 'CatalogNameValue');
  const name = asString(fields.next('tag'));
  asInteger(fields.next('flags'));
  const value = Buffer.from(asOctetString(fields.next('value'))).toString('utf16le');
  fields.end();
  return { name: shown(name), value: shown(value) };
}

function shown(text: string): string {
  const [upToNul = ''] = text.split('\0');
  return upToNul.replaceAll(/\p{C}/gu, ' ').slice(0, textMax).toWellFormed();
}

function readAttribute(node: DerNode): { readonly type: string; readonly value: DerNode } {
  asSequence(node);
  const fields = new Fields(node, 'Attribute');
  const type = asOid(fields.next('type'));
  const values = fields.next('values');
  fields.end();
  const [value, ...others] = asSet(values);
  if (value === undefined || others.length > 0) {
    throw new Asn1Error('VALUE_INVALID', values.offset, 'an attribute must have one value');
  }
  return { type, value };
}

/**
 * SpcIndirectDataContent: `SEQUENCE { SEQUENCE { kind OBJECT IDENTIFIER, value ANY }, DigestInfo }`. SHA-1 gets an error of
 * its own: most tools write it by default.
 */
function readDigest(node: DerNode, index: number): Sha256Hex {
  asSequence(node);
  const content = new Fields(node, 'SpcIndirectDataContent');
  const dataNode = content.next('data');
  asSequence(dataNode);
  const data = new Fields(dataNode, 'SpcAttributeTypeAndOptionalValue');
  const kind = asOid(data.next('type'));
  refusePageHashes(kind, data.next('value'), index);
  data.end();
  const infoNode = content.next('messageDigest');
  asSequence(infoNode);
  content.end();
  const info = new Fields(infoNode, 'DigestInfo');
  const algorithmNode = info.next('digestAlgorithm');
  asSequence(algorithmNode);
  const algorithm = new Fields(algorithmNode, 'AlgorithmIdentifier');
  const hash = asOid(algorithm.next('algorithm'));
  const parameters = algorithm.optional(() => true);
  if (parameters !== null) asNull(parameters);
  algorithm.end();
  const digest = asOctetString(info.next('digest'));
  info.end();
  if (hash === oids.sha1) {
    const message = `file ${index + 1} of its list is listed by its SHA-1 digest, for which others can make a different file`;
    throw new CatalogError('SHA1', message, useSha256);
  }
  if (hash !== oids.sha256 || digest.length !== 32)
    throw malformed(index, `is listed by a digest other than SHA-256 (${hash})`);
  return parseSha256Hex(Buffer.from(digest).toString('hex'));
}

/**
 * `SpcPeImageData ::= SEQUENCE { flags BIT STRING, file [0] EXPLICIT SpcLink }`, and of other files an SpcLink alone. A link is an
 * address `[0]`, a file name `[2]`, or an object `[1]` that may contain the digests of single pages: Windows would trust
 * those too, and nothing here compares them.
 */
function refusePageHashes(kind: string, value: DerNode, index: number): void {
  let link = value;
  if (kind === oids.spcPeImageData) {
    asSequence(value);
    const image = new Fields(value, 'SpcPeImageData');
    asBitString(image.next('flags'));
    link = asExplicit(image.next('file'), 0);
    image.end();
  }
  if (isContext(link, 1)) {
    const message = `file ${index + 1} of its list has digests of its pages, which can’t be compared with the file`;
    throw new CatalogError('PAGE_HASHES', message, 'Run inf2cat without /pageHashes.');
  }
  if (!isContext(link, 0) && !isContext(link, 2)) throw malformed(index, 'is of an unknown kind');
}

/** Version 2: the digest's octets. Version 1: its hexadecimal digits in UTF-16LE, usually with a NUL. */
function isTagOf(sha256: Sha256Hex, tag: Uint8Array): boolean {
  const bytes = Buffer.from(tag);
  if (bytes.length === 32) return bytes.toString('hex') === sha256;
  return bytes.toString('utf16le').replace(/\0$/, '').toLowerCase() === sha256;
}

function malformed(index: number, what: string): CatalogError {
  return new CatalogError('MALFORMED', `file ${index + 1} of its list ${what}`, makeAgain);
}
