/**
 * Strict DER reader, X.690: one value and nothing after it, definite minimal lengths, bounded depth,
 * size and number of elements. The whole tree is checked before the first node is returned, so that walking it later can't
 * encounter a malformed byte.
 */
import { Asn1Error } from './errors.ts';
import { universalTag } from './tags.ts';

export type TagClass = 'universal' | 'application' | 'context' | 'private';

export interface DerNode {
  readonly tagClass: TagClass;
  readonly constructed: boolean;
  readonly tagNumber: number;
  /** Offset of the tag, from the start of what readDer was given. */
  readonly offset: number;
  /** The whole TLV, a view on the input. */
  readonly bytes: Uint8Array;
  /** The contents octets, a view on the input. */
  readonly contents: Uint8Array;
  /** Empty for primitive values. */
  readonly children: readonly DerNode[];
}

export interface ReadLimits {
  readonly depthMax?: number;
  readonly sizeMax?: number;
  readonly elementsMax?: number;
}

const classes: readonly TagClass[] = ['universal', 'application', 'context', 'private'];
const { sequence, set } = universalTag;
/** Types of the 1988 to 2015 editions that are structures and so always constructed: EXTERNAL, EMBEDDED PDV. */
const structures = new Set<number>([8, 11, sequence, set]);

interface Reading {
  readonly bytes: Uint8Array;
  readonly depthMax: number;
  elementsLeft: number;
}

/**
 * Bytes → the one DER value that they encode. Defaults: 32 levels, 16 MiB, 100 000 elements.
 * Rejects (Asn1Error): truncation, trailing bytes, BER's indefinite or padded lengths, constructed
 * strings, primitive structures, and anything over a limit.
 */
export function readDer(bytes: Uint8Array, limits: ReadLimits = {}): DerNode {
  const sizeMax = limits.sizeMax ?? 16 * 1024 * 1024;
  if (bytes.length > sizeMax) {
    throw new Asn1Error('TOO_LARGE', 0, `DER of ${bytes.length} bytes, over the limit of ${sizeMax}`);
  }
  const reading: Reading = {
    bytes,
    depthMax: limits.depthMax ?? 32,
    elementsLeft: limits.elementsMax ?? 100_000,
  };
  const node = readNode(reading, 0, bytes.length, 1);
  if (node.bytes.length !== bytes.length) {
    const count = bytes.length - node.bytes.length;
    throw new Asn1Error('TRAILING_DATA', node.bytes.length, `${count} bytes after the DER value`);
  }
  return node;
}

function readNode(reading: Reading, offset: number, end: number, depth: number): DerNode {
  if (depth > reading.depthMax) {
    throw new Asn1Error('TOO_DEEP', offset, `nested deeper than ${reading.depthMax} levels`);
  }
  if (reading.elementsLeft-- <= 0) throw new Asn1Error('TOO_MANY_ELEMENTS', offset, 'too many elements');
  const { bytes } = reading;
  const identifier = octet(bytes, offset, end);
  const tagClass = classes[identifier >> 6] ?? 'private';
  const constructed = (identifier & 0x20) !== 0;
  const tag = readTagNumber(bytes, offset, end, identifier & 0x1f);
  const length = readLength(bytes, tag.next, end);
  const contentsEnd = length.next + length.value;
  if (contentsEnd > end) {
    throw new Asn1Error(
      'TRUNCATED',
      offset,
      `value of ${length.value} bytes, but only ${end - length.next} are left`,
    );
  }
  if (tagClass === 'universal') checkForm(tag.value, constructed, offset);
  const children: DerNode[] = [];
  for (let at = length.next; constructed && at < contentsEnd;) {
    const child = readNode(reading, at, contentsEnd, depth + 1);
    children.push(child);
    at += child.bytes.length;
  }
  return {
    tagClass,
    constructed,
    tagNumber: tag.value,
    offset,
    bytes: bytes.subarray(offset, contentsEnd),
    contents: bytes.subarray(length.next, contentsEnd),
    children,
  };
}

function octet(bytes: Uint8Array, offset: number, end: number): number {
  const value = offset < end ? bytes[offset] : undefined;
  if (value === undefined) throw new Asn1Error('TRUNCATED', offset, 'the value ends inside its header');
  return value;
}

/** X.690 §8.1.2: numbers up to 30 in the first octet, others in base 128 after it, in as few as possible. */
function readTagNumber(bytes: Uint8Array, offset: number, end: number, low: number) {
  if (low !== 0x1f) return { value: low, next: offset + 1 };
  let value = 0;
  for (let index = 1; index <= 4; index++) {
    const current = octet(bytes, offset + index, end);
    if (index === 1 && current === 0x80) break;
    value = value * 128 + (current & 0x7f);
    if (current < 0x80) {
      if (value < 31) break;
      return { value, next: offset + index + 1 };
    }
  }
  throw new Asn1Error('TAG_INVALID', offset, 'tag number is padded or over 28 bits');
}

/** X.690 §8.1.3 and §10.1: definite, in as few octets as possible; over 4 GiB is refused. */
function readLength(bytes: Uint8Array, offset: number, end: number) {
  const first = octet(bytes, offset, end);
  if (first < 0x80) return { value: first, next: offset + 1 };
  if (first === 0x80) {
    throw new Asn1Error('LENGTH_INDEFINITE', offset, 'indefinite length: this is BER, DER has none');
  }
  const count = first & 0x7f;
  if (count > 4) throw new Asn1Error('LENGTH_TOO_LARGE', offset, `length in ${count} octets`);
  let value = 0;
  for (let index = 1; index <= count; index++) value = value * 256 + octet(bytes, offset + index, end);
  if (value < 0x80 || value < 256 ** (count - 1)) {
    throw new Asn1Error('LENGTH_NOT_MINIMAL', offset, `length ${value} is not in its shortest form`);
  }
  return { value, next: offset + 1 + count };
}

/** X.690 §10.2: strings are primitive in DER; structures are always constructed. */
function checkForm(tagNumber: number, constructed: boolean, offset: number): void {
  if (tagNumber === 0) throw new Asn1Error('TAG_INVALID', offset, 'end-of-contents tag: this is BER');
  if (structures.has(tagNumber) !== constructed) {
    const found = constructed ? 'constructed' : 'primitive';
    throw new Asn1Error('FORM_INVALID', offset, `universal type ${tagNumber} in ${found} form`);
  }
}
