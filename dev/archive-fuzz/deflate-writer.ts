/** Writes unusual raw DEFLATE (RFC 1951): blocks of all kinds, and empty ones, in unexpected places. */
import { constants, deflateRawSync } from 'node:zlib';
import type { Random } from './random.ts';

/** Bits, the lowest first (RFC 1951 §3.1.1). */
class BitWriter {
  readonly #bytes: number[] = [];
  #current = 0;
  #count = 0;

  write(value: number, bits: number): void {
    for (let at = 0; at < bits; at++) {
      this.#current |= ((value >> at) & 1) << this.#count;
      this.#count += 1;
      if (this.#count === 8) this.align();
    }
  }

  align(): void {
    if (this.#count > 0) this.#bytes.push(this.#current);
    [this.#current, this.#count] = [0, 0];
  }

  raw(bytes: Uint8Array): void {
    this.align();
    this.#bytes.push(...bytes);
  }

  end(): Buffer {
    this.align();
    return Buffer.from(this.#bytes);
  }
}

const fixedBlock = 1;

/** content → a stream that unpacks to it. */
export function writeDeflate(content: Buffer, random: Random): Buffer {
  const strategies = [
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FILTERED,
  ] as const;
  if (random.chance(0.4))
    return deflateRawSync(content, {
      level: 1 + random.below(9),
      strategy: random.pick(strategies),
      memLevel: 1 + random.below(9),
    });
  const out = new BitWriter();
  let at = 0;
  while (at < content.length || random.chance(0.3)) {
    const part = content.subarray(at, at + random.below(200));
    at += part.length;
    if (random.chance(0.5)) writeStored(out, part, false);
    else writeFixed(out, part, false);
  }
  if (random.chance(0.5)) writeStored(out, Buffer.alloc(0), true);
  else writeFixed(out, Buffer.alloc(0), true);
  return out.end();
}

function writeStored(out: BitWriter, part: Buffer, isLast: boolean): void {
  out.write(isLast ? 1 : 0, 1);
  out.write(0, 2);
  out.align();
  out.raw(Uint8Array.of(part.length, part.length >> 8, ~part.length, ~part.length >> 8));
  out.raw(part);
}

/** Literals only, in the fixed code (RFC 1951 §3.2.6); codes go highest bit first. */
function writeFixed(out: BitWriter, part: Buffer, isLast: boolean): void {
  const code = (value: number, bits: number): void => {
    for (let at = bits - 1; at >= 0; at--) out.write((value >> at) & 1, 1);
  };
  out.write(isLast ? 1 : 0, 1);
  out.write(fixedBlock, 2);
  for (const byte of part) {
    if (byte < 144) code(0x30 + byte, 8);
    else code(0x190 + byte - 144, 9);
  }
  code(0, 7);
}
