/** Git's framing (gitprotocol-common): packets that begin with their length in four hexadecimal digits, which it includes. */
import { LsRefsError } from './error.ts';

const lengthDigits = 4;
/** LARGE_PACKET_MAX of git, with the length. */
const packetBytesMax = 65_520;

export const delimiterPacket = Buffer.from('0001');
export const flushPacket = Buffer.from('0000');

export function packet(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = lengthDigits + bytes.length;
  if (length > packetBytesMax)
    throw new LsRefsError('PACKET', `a packet has at most ${packetBytesMax} bytes, not ${length}`);
  return Buffer.concat([Buffer.from(length.toString(16).padStart(lengthDigits, '0')), bytes]);
}

/**
 * A whole answer → the contents of its packets. It ends with its only flush packet. Stricter than git, which takes capital digits, too: what
 * is read here has one spelling.
 */
export function packetsOf(answer: Buffer): readonly Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; ;) {
    const digits = answer.toString('latin1', at, at + lengthDigits);
    if (!/^[0-9a-f]{4}$/.test(digits)) throw refused(at, 'four hexadecimal digits');
    const length = Number.parseInt(digits, 16);
    if (length === 0) {
      if (at + lengthDigits !== answer.length) throw refused(at + lengthDigits, 'the end');
      return packets;
    }
    // 1 to 3 separate and end things that this answer doesn't have; 4 would be a packet without content.
    if (length <= lengthDigits || length > packetBytesMax) throw refused(at, 'the length of a packet');
    if (at + length > answer.length) throw refused(at, `${length} bytes`);
    packets.push(answer.subarray(at + lengthDigits, at + length));
    at += length;
  }
}

function refused(offset: number, expected: string): LsRefsError {
  return new LsRefsError('PACKET', `at byte ${offset} of the answer ${expected} should be`, {
    context: { offset, expected },
  });
}
