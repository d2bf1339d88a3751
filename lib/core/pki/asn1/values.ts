/** Accessors from a node to its value; each checks the tag and the DER rules of its type. */
import { Asn1Error } from './errors.ts';
import type { DerNode } from './reader.ts';
import { ia5Characters, printableCharacters, universalTag } from './tags.ts';

const integerOctetsMax = 4096;

export function isUniversal(node: DerNode, tagNumber: number): boolean {
  return node.tagClass === 'universal' && node.tagNumber === tagNumber;
}

export function isContext(node: DerNode, tagNumber: number): boolean {
  return node.tagClass === 'context' && node.tagNumber === tagNumber;
}

function expectUniversal(node: DerNode, name: keyof typeof universalTag): DerNode {
  if (!isUniversal(node, universalTag[name])) throw unexpected(node, name);
  return node;
}

function unexpected(node: DerNode, expected: string): Asn1Error {
  const found = `${node.tagClass} tag ${node.tagNumber}`;
  return new Asn1Error('TYPE_UNEXPECTED', node.offset, `expected ${expected}, found ${found}`);
}

function invalid(node: DerNode, message: string): Asn1Error {
  return new Asn1Error('VALUE_INVALID', node.offset, message);
}

/** SEQUENCE → its members. */
export const asSequence = (node: DerNode): readonly DerNode[] => expectUniversal(node, 'sequence').children;

/** SET → its members, in the order of the file; isSetOfOrdered says whether that is DER's order. */
export const asSet = (node: DerNode): readonly DerNode[] => expectUniversal(node, 'set').children;

/** `[n] EXPLICIT` → the one value inside. */
export function asExplicit(node: DerNode, tagNumber: number): DerNode {
  const [inner, ...rest] = node.children;
  if (!isContext(node, tagNumber) || !node.constructed) throw unexpected(node, `[${tagNumber}]`);
  if (inner === undefined || rest.length > 0) throw invalid(node, `[${tagNumber}] must contain one value`);
  return inner;
}

export function asBoolean(node: DerNode): boolean {
  const { contents } = expectUniversal(node, 'boolean');
  if (contents.length !== 1 || (contents[0] !== 0 && contents[0] !== 0xff)) {
    throw invalid(node, 'BOOLEAN must be one octet, 00 or FF');
  }
  return contents[0] === 0xff;
}

/** INTEGER → bigint, up to 4096 octets. */
export const asInteger = (node: DerNode): bigint => twosComplement(expectUniversal(node, 'integer'));

/** INTEGER → number; rejects absolute values over 2^53 - 1. */
export function asSmallInteger(node: DerNode): number {
  const value = Number(asInteger(node));
  if (!Number.isSafeInteger(value)) throw invalid(node, 'INTEGER over 53 bits');
  return value;
}

export function asEnumerated(node: DerNode): number {
  const value = Number(twosComplement(expectUniversal(node, 'enumerated')));
  if (!Number.isSafeInteger(value)) throw invalid(node, 'ENUMERATED over 53 bits');
  return value;
}

/** X.690 §8.3: at least one octet, and the first nine bits are not all equal. */
function twosComplement(node: DerNode): bigint {
  const [first, second] = node.contents;
  if (first === undefined) throw invalid(node, 'INTEGER without contents');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw invalid(node, 'INTEGER with needless leading octets');
  }
  if (node.contents.length > integerOctetsMax) throw invalid(node, `INTEGER over ${integerOctetsMax} octets`);
  const magnitude = BigInt(`0x${Buffer.from(node.contents).toString('hex')}`);
  return first >= 0x80 ? magnitude - (1n << BigInt(8 * node.contents.length)) : magnitude;
}

/** OBJECT IDENTIFIER → dotted form, X.690 §8.19; arcs up to 128 bits, 64 arcs. */
export function asOid(node: DerNode): string {
  const { contents } = expectUniversal(node, 'oid');
  if (contents.length === 0 || (contents.at(-1) ?? 0) >= 0x80) throw invalid(node, 'OID is truncated');
  const arcs: bigint[] = [];
  let arc = 0n;
  let octets = 0;
  for (const current of contents) {
    if (octets === 0 && current === 0x80) throw invalid(node, 'OID with a padded arc');
    if (++octets > 19 || arcs.length > 64) throw invalid(node, 'OID is too long');
    arc = (arc << 7n) | BigInt(current & 0x7f);
    if (current < 0x80) {
      arcs.push(arc);
      arc = 0n;
      octets = 0;
    }
  }
  const [joined = 0n, ...rest] = arcs;
  const first = joined < 80n ? joined / 40n : 2n;
  return [first, joined - first * 40n, ...rest].join('.');
}

export const asOctetString = (node: DerNode): Uint8Array => expectUniversal(node, 'octetString').contents;

/** BIT STRING → its octets and the number of unused bits at the end, which DER requires to be zero. */
export function asBitString(node: DerNode): { readonly bytes: Uint8Array; readonly unusedBits: number } {
  const [unusedBits, ...rest] = expectUniversal(node, 'bitString').contents.subarray(0, 2);
  const last = node.contents.at(-1) ?? 0;
  if (unusedBits === undefined || unusedBits > 7 || (unusedBits > 0 && rest.length === 0)) {
    throw invalid(node, 'BIT STRING with a wrong count of unused bits');
  }
  if (rest.length > 0 && (last & ((1 << unusedBits) - 1)) !== 0) {
    throw invalid(node, 'BIT STRING with unused bits that are not zero');
  }
  return { bytes: node.contents.subarray(1), unusedBits };
}

export function asNull(node: DerNode): null {
  if (expectUniversal(node, 'null').contents.length > 0) throw invalid(node, 'NULL with contents');
  return null;
}

/** UTF8String, PrintableString, NumericString, IA5String, VisibleString or BMPString → text. */
export function asString(node: DerNode): string {
  if (node.tagClass !== 'universal') throw unexpected(node, 'a string');
  switch (node.tagNumber) {
    case universalTag.utf8String:
      return decode(node, 'utf-8');
    case universalTag.printableString:
      return restricted(node, printableCharacters);
    case universalTag.numericString:
      return restricted(node, /^[0-9 ]*$/);
    case universalTag.ia5String:
      return restricted(node, ia5Characters);
    case universalTag.visibleString:
      return restricted(node, /^[ -~]*$/);
    case universalTag.bmpString:
      if (node.contents.length % 2 !== 0) throw invalid(node, 'BMPString of odd length');
      return decode(node, 'utf-16be');
    default:
      throw unexpected(node, 'a string');
  }
}

function decode(node: DerNode, encoding: 'utf-8' | 'utf-16be'): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(node.contents);
  } catch (cause) {
    throw new Asn1Error('VALUE_INVALID', node.offset, `string is not ${encoding}`, { cause });
  }
}

function restricted(node: DerNode, characters: RegExp): string {
  const text = String.fromCharCode(...node.contents.subarray(0, 65_536));
  if (node.contents.length > 65_536 || !characters.test(text)) {
    throw invalid(node, 'string with characters that its type does not have');
  }
  return text;
}

/**
 * UTCTime or GeneralizedTime → Date. DER requires seconds and `Z` (X.690 §11.7, §11.8); fractions without
 * trailing zeros are read to the millisecond. Two-digit years are 1950 to 2049 (RFC 5280 §4.1.2.5.1).
 */
export function asTime(node: DerNode): Date {
  const utc = isUniversal(node, universalTag.utcTime);
  if (!utc && !isUniversal(node, universalTag.generalizedTime)) throw unexpected(node, 'a time');
  const text = String.fromCharCode(...node.contents.subarray(0, 32));
  const pattern = utc
    ? /^([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})()Z$/
    : /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{0,8}[1-9]))?Z$/;
  const match = pattern.exec(text);
  if (match === null) throw invalid(node, `not a time in DER: ${JSON.stringify(text)}`);
  const [, digits = '', month, day, hours, minutes, seconds, fraction] = match;
  const year = utc ? String(Number(digits) + (Number(digits) < 50 ? 2000 : 1900)) : digits;
  const milliseconds = (fraction ?? '').padEnd(3, '0').slice(0, 3);
  const iso = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`;
  const date = new Date(iso);
  // Date accepts the 30th of February and 24:00 by rolling over; the round trip catches that.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso)
    throw invalid(node, `no such time: ${text}`);
  return date;
}
