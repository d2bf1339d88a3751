/** Packets of OpenPGP, in the new form of RFC 9580 §4.2.1, and what they are made of. */
import { OpenPgpError } from './error.ts';

export const packetTags = { signature: 2, publicKey: 6, userId: 13 } as const;

/** What is read here is small: a signature, or the certificate of one key. */
const packetBytesMax = 16 * 1024;

export const uint16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Length in one, two or five octets (§4.2.1.1 to §4.2.1.3), of packets and of subpackets. */
export function lengthOctets(length: number): Buffer {
  if (length < 192) return Buffer.of(length);
  if (length < 8384) return Buffer.of(((length - 192) >> 8) + 192, (length - 192) & 0xff);
  return Buffer.concat([Buffer.of(0xff), uint32(length)]);
}

export const packet = (tag: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(0xc0 | tag), lengthOctets(body.length), body]);

/** Multiprecision integer, §3.2. */
export function mpi(unsigned: Uint8Array): Buffer {
  const start = unsigned.findIndex((octet) => octet !== 0);
  const digits = start === -1 ? Buffer.of() : Buffer.from(unsigned.subarray(start));
  const bits = digits.length === 0 ? 0 : (digits.length - 1) * 8 + (32 - Math.clz32(digits[0] ?? 0));
  return Buffer.concat([uint16(bits), digits]);
}

export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

/** Octets from front to back. Throws MALFORMED beyond the end. */
export class Octets {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }
  get left(): number {
    return this.#bytes.length - this.#at;
  }
  take(count: number): Buffer {
    if (count > this.left)
      throw new OpenPgpError(
        'MALFORMED',
        `it ends ${count - this.left} bytes too early, at byte ${this.#bytes.length}`,
      );
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
  octet(): number {
    return this.take(1).readUInt8();
  }
  number(octets: 2 | 4): number {
    return this.take(octets).readUIntBE(0, octets);
  }
  length(): number {
    const first = this.octet();
    if (first < 192) return first;
    if (first < 224) return ((first - 192) << 8) + this.octet() + 192;
    if (first === 255) return this.number(4);
    throw new OpenPgpError('UNSUPPORTED', 'a packet in parts, which signatures and keys are never in');
  }
  mpi(): Buffer {
    const bits = this.number(2);
    const digits = this.take(Math.ceil(bits / 8));
    if (mpi(digits).readUInt16BE() !== bits)
      throw new OpenPgpError('MALFORMED', 'a number that doesn’t have as many bits as it says');
    return digits;
  }
}

/** Exactly these packets, one after another. Throws OpenPgpError; in the old form they are not accepted. */
export function readPackets(bytes: Uint8Array): readonly Packet[] {
  if (bytes.length > packetBytesMax)
    throw new OpenPgpError('MALFORMED', `${bytes.length} bytes; ${packetBytesMax} at most`);
  const octets = new Octets(bytes);
  const packets: Packet[] = [];
  while (octets.left > 0) {
    const first = octets.octet();
    if ((first & 0xc0) !== 0xc0)
      throw new OpenPgpError('MALFORMED', 'a packet in another form than the new one (RFC 9580 §4.2)');
    packets.push({ tag: first & 0x3f, body: octets.take(octets.length()) });
  }
  return packets;
}
