/** A file → one that differs from it as files do that somebody damaged, or made to fool a reader. */
export type Random = () => number;

/** Numbers from 0 up to 1, the same for a seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const numbers = [
  0, 1, 2, 4, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

/** `others`: parts of them are put in. */
export function mutate(file: Uint8Array, others: readonly Uint8Array[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(file);
  for (let left = 1 + below(random, random() < 0.7 ? 1 : 5); left > 0 && bytes.length > 0; left -= 1)
    bytes = change(bytes, others, random);
  return bytes;
}

function change(bytes: Buffer, others: readonly Uint8Array[], random: Random): Buffer {
  // Headers say more than content: half of all changes are among the first bytes.
  const at = below(random, random() < 0.5 ? Math.min(bytes.length, 256) : bytes.length);
  switch (below(random, 8)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
      return bytes;
    case 1:
      bytes[at] = below(random, 256);
      return bytes;
    case 2:
      return withNumber(bytes, at, numbers[below(random, numbers.length)] ?? 0, random);
    case 3: {
      const size = random() < 0.5 ? 2 : 4;
      if (at + size > bytes.length) return bytes;
      return withNumber(bytes, at, bytes.readUIntLE(at, size) + below(random, 17) - 8, random);
    }
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 16))]);
    case 6: {
      const other = others[below(random, others.length)] ?? bytes;
      const from = below(random, other.length);
      return Buffer.concat([
        bytes.subarray(0, at),
        other.subarray(from, from + 1 + below(random, 64)),
        bytes.subarray(at),
      ]);
    }
    default: {
      const from = below(random, bytes.length);
      bytes.copy(bytes, at, from, from + 1 + below(random, 32));
      return bytes;
    }
  }
}

function withNumber(bytes: Buffer, at: number, value: number, random: Random): Buffer {
  const size = [1, 2, 4][below(random, 3)] ?? 4;
  if (at + size > bytes.length) return bytes;
  const fitting = ((value % 2 ** (8 * size)) + 2 ** (8 * size)) % 2 ** (8 * size);
  if (random() < 0.8) bytes.writeUIntLE(fitting, at, size);
  else bytes.writeUIntBE(fitting, at, size);
  return bytes;
}
