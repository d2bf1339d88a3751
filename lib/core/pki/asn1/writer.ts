/**
 * DER writer, X.690 §10 and §11: every function returns one complete TLV.
 * Throws Asn1Error VALUE_UNREPRESENTABLE for values that the type can't represent.
 */
import { Asn1Error } from './errors.ts';
import { ia5Characters, printableCharacters, universalTag } from './tags.ts';

export type Der = Uint8Array<ArrayBuffer>;

const constructedBit = 0x20;
const contextBits = 0x80;

function unrepresentable(message: string): Asn1Error {
  return new Asn1Error('VALUE_UNREPRESENTABLE', null, message);
}

export function concatenate(parts: readonly Uint8Array[]): Der {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

function tlv(identifier: number, contents: readonly Uint8Array[]): Der {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return concatenate([Uint8Array.from([identifier, ...lengthOctets(length)]), ...contents]);
}

export const sequence = (...parts: readonly Uint8Array[]): Der =>
  tlv(universalTag.sequence | constructedBit, parts);

/** A SET with its members in the order given; the caller is responsible for DER's order. */
export const set = (...parts: readonly Uint8Array[]): Der => tlv(universalTag.set | constructedBit, parts);

/** A SET OF with its members sorted by their encodings, X.690 §11.6. */
export const setOf = (...parts: readonly Uint8Array[]): Der => set(...[...parts].sort(compareEncodings));

/** Order of encodings in a SET OF: as octet strings, the shorter one padded with zeros (X.690 §11.6). */
export function compareEncodings(left: Uint8Array, right: Uint8Array): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** INTEGER. A number or bigint may be negative; bytes are a big-endian unsigned magnitude. */
export function integer(value: number | bigint | Uint8Array): Der {
  return tlv(universalTag.integer, [integerContents(value)]);
}

export const enumerated = (value: number): Der => tlv(universalTag.enumerated, [integerContents(value)]);

function integerContents(value: number | bigint | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) {
    const start = value.findIndex((octet) => octet !== 0);
    if (start === -1) return Uint8Array.of(0);
    const magnitude = value.subarray(start);
    return (magnitude[0] ?? 0) >= 0x80 ? concatenate([Uint8Array.of(0), magnitude]) : magnitude;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw unrepresentable(`not a safe integer: ${value}; pass a bigint`);
  }
  // Two's complement: take octets until what remains is only the sign, and the top bit agrees with it.
  const octets: number[] = [];
  let rest = BigInt(value);
  const sign = rest < 0n ? -1n : 0n;
  do {
    octets.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== sign || (octets[0] ?? 0) >= 0x80 !== (sign === -1n));
  return Uint8Array.from(octets);
}

/** OBJECT IDENTIFIER from its dotted form, X.690 §8.19. */
export function oid(dotted: string): Der {
  if (!/^[0-2](?:\.(?:0|[1-9][0-9]{0,38}))+$/.test(dotted) || dotted.length > 256) {
    throw unrepresentable(`not an object identifier: ${JSON.stringify(dotted.slice(0, 80))}`);
  }
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  if (first < 2n && second > 39n) throw unrepresentable(`second arc over 39: ${dotted}`);
  const octets = [first * 40n + second, ...rest].flatMap((arc) => {
    const digits = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
    return digits;
  });
  return tlv(universalTag.oid, [Uint8Array.from(octets)]);
}

export const octetString = (bytes: Uint8Array): Der => tlv(universalTag.octetString, [bytes]);

/** BIT STRING; unusedBits (0 to 7) counts the bits at the end that are not part of it and must be zero. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Der {
  const last = bytes.at(-1);
  const valid = Number.isInteger(unusedBits) && unusedBits >= 0 && unusedBits <= 7;
  if (!valid || (last === undefined ? unusedBits !== 0 : (last & ((1 << unusedBits) - 1)) !== 0)) {
    throw unrepresentable(`bit string with ${unusedBits} unused bits that are not zero`);
  }
  return tlv(universalTag.bitString, [Uint8Array.of(unusedBits), bytes]);
}

export const nullValue = (): Der => tlv(universalTag.null, []);
export const boolean = (value: boolean): Der => tlv(universalTag.boolean, [Uint8Array.of(value ? 0xff : 0)]);

export function utf8String(text: string): Der {
  if (!text.isWellFormed()) throw unrepresentable('UTF8String with a lone surrogate');
  return tlv(universalTag.utf8String, [new TextEncoder().encode(text)]);
}

export function printableString(text: string): Der {
  if (!printableCharacters.test(text))
    throw unrepresentable(`not a PrintableString: ${JSON.stringify(text)}`);
  return tlv(universalTag.printableString, [new TextEncoder().encode(text)]);
}

export function ia5String(text: string): Der {
  return tlv(universalTag.ia5String, [ia5Bytes(text)]);
}

/** The contents octets of an IA5String, for implicitly tagged ones. */
export function ia5Bytes(text: string): Der {
  if (!ia5Characters.test(text)) throw unrepresentable(`not an IA5String: ${JSON.stringify(text)}`);
  return new TextEncoder().encode(text);
}

export const bmpString = (text: string): Der => tlv(universalTag.bmpString, [bmpBytes(text)]);

/** The contents octets of a BMPString (UCS-2, big-endian), for implicitly tagged ones. */
export function bmpBytes(text: string): Der {
  if (/[\ud800-\udfff]/.test(text)) throw unrepresentable('BMPString with a character outside the BMP');
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index));
  return bytes;
}

function digits14(date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw unrepresentable('time outside the years 0 to 9999');
  return date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

/** GeneralizedTime in UTC; milliseconds are written only when there are some (X.690 §11.7). */
export function generalizedTime(date: Date): Der {
  const seconds = digits14(date);
  const milliseconds = date.getUTCMilliseconds();
  const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0').replace(/0+$/, '')}`;
  return tlv(universalTag.generalizedTime, [new TextEncoder().encode(`${seconds}${fraction}Z`)]);
}

/** UTCTime, for 1950 to 2049 (RFC 5280 §4.1.2.5.1); it has no fractions, so milliseconds are dropped. */
export function utcTime(date: Date): Der {
  const text = digits14(date);
  const year = date.getUTCFullYear();
  if (year < 1950 || year > 2049) throw unrepresentable(`UTCTime can't represent the year ${year}`);
  return tlv(universalTag.utcTime, [new TextEncoder().encode(`${text.slice(2)}Z`)]);
}

function contextIdentifier(tagNumber: number): number {
  if (!Number.isInteger(tagNumber) || tagNumber < 0 || tagNumber > 30) {
    throw unrepresentable(`context tag ${tagNumber} is not between 0 and 30`);
  }
  return contextBits | tagNumber;
}

/** `[n] EXPLICIT`: the whole inner TLV inside a constructed context tag. */
export const explicit = (tagNumber: number, inner: Uint8Array): Der =>
  tlv(contextIdentifier(tagNumber) | constructedBit, [inner]);

/** `[n] IMPLICIT` of a SEQUENCE or SET: the members replace the contents. */
export const implicitConstructed = (tagNumber: number, ...parts: readonly Uint8Array[]): Der =>
  tlv(contextIdentifier(tagNumber) | constructedBit, parts);

/** `[n] IMPLICIT` of a primitive type: contents octets without their own tag and length. */
export const implicitPrimitive = (tagNumber: number, contents: Uint8Array): Der =>
  tlv(contextIdentifier(tagNumber), [contents]);
