/** Packs LZX as no program in Debian does: each kind of block, matches, the last three distances, translated calls. For tests alone. */
import { cab, lzxType, type CabBlock } from './cab.fixture.ts';

export interface LzxChoices {
  readonly windowBits: number;
  /** Numbers from 0 up to 1, which decide on blocks and on matches. */
  readonly random: () => number;
  /** Size that calls are translated by; 0: they aren't. */
  readonly translated?: number;
}

const frameBytes = 32_768;
const slotCounts = [30, 32, 34, 36, 38, 42, 50];
const extra = (slot: number): number => (slot < 4 ? 0 : Math.min(17, (slot >> 1) - 1));
const bases: number[] = [];
for (let slot = 0, base = 0; slot < 50; slot += 1) {
  bases.push(base);
  base += 2 ** extra(slot);
}

class BitWriter {
  #bytes: number[] = [];
  #held = 0;
  #count = 0;

  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.#held = this.#held * 2 + (Math.floor(value / 2 ** bit) % 2);
      this.#count += 1;
      if (this.#count === 16) this.#flush();
    }
  }

  #flush(): void {
    this.#bytes.push(this.#held & 0xff, this.#held >> 8);
    this.#held = 0;
    this.#count = 0;
  }

  align(): void {
    if (this.#count > 0) this.put(0, 16 - this.#count);
  }

  /** As before an uncompressed block: at least one bit. */
  alignForBytes(): void {
    this.put(0, 1);
    this.align();
  }

  bytes(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** What was written since, up to a whole word. */
  end(): Uint8Array {
    this.align();
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    return bytes;
  }
}

/** Lengths of a code that uses all bits, for symbols that are used at least; frequent ones get shorter codes. */
function lengthsFor(counts: readonly number[], lengthMax: number): number[] {
  const lengths = counts.map(() => 0);
  const used = counts.map((count, symbol) => ({ count, symbol })).filter(({ count }) => count > 0);
  if (used.length === 0) return lengths;
  if (used.length === 1) used.push({ count: 0, symbol: used[0]?.symbol === 0 ? 1 : 0 });
  used.sort((one, other) => other.count - one.count);
  // Halve the rest for each of the most frequent, then the same length for all that are left, as evenly as it goes.
  let left = used;
  let depth = 0;
  while (left.length > 4 && depth + 1 + Math.ceil(Math.log2(left.length - 1)) < lengthMax && depth < 5) {
    depth += 1;
    const [first, ...others] = left;
    if (first !== undefined) lengths[first.symbol] = depth;
    left = others;
  }
  const bits = Math.ceil(Math.log2(left.length));
  const short = 2 ** bits - left.length;
  left.forEach(({ symbol }, index) => (lengths[symbol] = depth + bits - (index < short ? 1 : 0)));
  return lengths;
}

function codesOf(lengths: readonly number[]): number[] {
  const codes = lengths.map(() => 0);
  let code = 0;
  for (let length = 1; length <= 16; length += 1) {
    code *= 2;
    lengths.forEach((own, symbol) => {
      if (own === length) codes[symbol] = code++;
    });
  }
  return codes;
}

interface Token {
  readonly main: number;
  readonly length?: number;
  readonly slot?: number;
  readonly rest?: number;
}

class Packer {
  readonly #bits: BitWriter;
  readonly #content: Uint8Array;
  readonly #random: () => number;
  readonly #slots: number;
  readonly #windowBytes: number;
  readonly #recent = [1, 1, 1];
  readonly #mainLengths: number[];
  readonly #lengthLengths = new Array<number>(249).fill(0);
  readonly #places = new Map<number, number>();

  constructor(content: Uint8Array, bits: BitWriter, { windowBits, random }: LzxChoices) {
    this.#content = content;
    this.#bits = bits;
    this.#random = random;
    this.#windowBytes = 2 ** windowBits;
    this.#slots = slotCounts[windowBits - 15] ?? 30;
    this.#mainLengths = new Array<number>(256 + 8 * this.#slots).fill(0);
  }

  /** One block of these bytes, which lie in one frame. */
  block(from: number, to: number): void {
    const kind = 1 + Math.floor(this.#random() * 3);
    this.#bits.put(kind, 3);
    this.#bits.put(to - from, 24);
    if (kind === 3) {
      this.#bits.alignForBytes();
      for (const distance of this.#recent) {
        const word = Buffer.alloc(4);
        word.writeUInt32LE(distance);
        this.#bits.bytes(word);
      }
      this.#bits.bytes(this.#content.subarray(from, to));
      if ((to - from) % 2 === 1) this.#bits.bytes([0]);
      return;
    }
    this.#coded(this.#tokens(from, to), kind === 2);
  }

  #tokens(from: number, to: number): Token[] {
    const tokens: Token[] = [];
    for (let at = from; at < to;) {
      const match = this.#match(at, to);
      if (match === null) tokens.push({ main: this.#content[at] ?? 0 });
      else tokens.push(this.#tokenOf(match));
      const length = match?.length ?? 1;
      for (let step = 0; step < length; step += 1) this.#places.set(this.#key(at + step), at + step);
      at += length;
    }
    return tokens;
  }

  #key(at: number): number {
    const bytes = this.#content;
    return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  }

  #match(at: number, to: number): { readonly distance: number; readonly length: number } | null {
    const known = this.#places.get(this.#key(at));
    const wanted = [...this.#recent, ...(known === undefined ? [] : [at - known])];
    const found = wanted.map((distance) => ({ distance, length: this.#lengthAt(at, distance, to) }));
    found.sort((one, other) => other.length - one.length);
    const [best] = found;
    return best === undefined || best.length < 2 || this.#random() < 0.05 ? null : best;
  }

  #lengthAt(at: number, distance: number, to: number): number {
    if (distance > at || distance < 1 || distance > this.#windowBytes - 3) return 0;
    let length = 0;
    while (
      length < 257 &&
      at + length < to &&
      this.#content[at + length] === this.#content[at + length - distance]
    )
      length += 1;
    return length;
  }

  #tokenOf({ distance, length }: { readonly distance: number; readonly length: number }): Token {
    const header = Math.min(7, length - 2);
    const [first = 1, second = 1, third = 1] = this.#recent;
    let slot = this.#recent.indexOf(distance);
    let rest = 0;
    if (slot === 1) this.#recent.splice(0, 2, second, first);
    else if (slot === 2) this.#recent.splice(0, 3, third, second, first);
    else if (slot === -1) {
      slot = bases.findIndex(
        (base, index) => base <= distance + 2 && distance + 2 < base + 2 ** extra(index) && index > 2,
      );
      rest = distance + 2 - (bases[slot] ?? 0);
      this.#recent.splice(0, 3, distance, first, second);
    }
    return { main: 256 + slot * 8 + header, slot, rest, ...(header === 7 ? { length: length - 9 } : {}) };
  }

  #coded(tokens: readonly Token[], isAligned: boolean): void {
    const count = (size: number, symbols: readonly (number | undefined)[]): number[] => {
      const counts = new Array<number>(size).fill(0);
      for (const symbol of symbols) if (symbol !== undefined) counts[symbol] = (counts[symbol] ?? 0) + 1;
      return counts;
    };
    const usesAligned = ({ slot = 0 }: Token): boolean => isAligned && extra(slot) >= 3;
    const main = lengthsFor(
      count(
        this.#mainLengths.length,
        tokens.map((token) => token.main),
      ),
      16,
    );
    const length = lengthsFor(
      count(
        249,
        tokens.map((token) => token.length),
      ),
      16,
    );
    const low = lengthsFor(
      count(8, [0, ...tokens.map((token) => (usesAligned(token) ? (token.rest ?? 0) % 8 : undefined))]),
      7,
    );
    if (isAligned) for (const own of low) this.#bits.put(own, 3);
    this.#lengths(this.#mainLengths, main, 0, 256);
    this.#lengths(this.#mainLengths, main, 256, main.length);
    this.#lengths(this.#lengthLengths, length, 0, 249);
    const [mainCodes, lengthCodes, lowCodes] = [codesOf(main), codesOf(length), codesOf(low)];
    for (const token of tokens) {
      const { slot = 0, rest = 0 } = token;
      this.#bits.put(mainCodes[token.main] ?? 0, main[token.main] ?? 0);
      if (token.length !== undefined)
        this.#bits.put(lengthCodes[token.length] ?? 0, length[token.length] ?? 0);
      if (token.slot === undefined) continue;
      if (usesAligned(token)) {
        this.#bits.put(Math.floor(rest / 8), extra(slot) - 3);
        this.#bits.put(lowCodes[rest % 8] ?? 0, low[rest % 8] ?? 0);
      } else this.#bits.put(rest, extra(slot));
    }
  }

  /** With runs of zeros and of equal lengths, as the format has them. */
  #lengths(before: number[], lengths: readonly number[], from: number, to: number): void {
    const symbols: {
      readonly symbol: number;
      readonly more: readonly [number, number][];
      readonly then?: number;
    }[] = [];
    for (let at = from; at < to;) {
      let run = 1;
      while (at + run < to && lengths[at + run] === lengths[at] && run < 51) run += 1;
      const difference = ((before[at] ?? 0) - (lengths[at] ?? 0) + 17) % 17;
      if (lengths[at] === 0 && run >= 20) symbols.push({ symbol: 18, more: [[run - 20, 5]] });
      else if (lengths[at] === 0 && run >= 4) {
        run = Math.min(run, 19);
        symbols.push({ symbol: 17, more: [[run - 4, 4]] });
      } else if (run >= 4) {
        run = Math.min(run, 5);
        symbols.push({ symbol: 19, more: [[run - 4, 1]], then: difference });
      } else {
        run = 1;
        symbols.push({ symbol: difference, more: [] });
      }
      for (let step = 0; step < run; step += 1) before[at + step] = lengths[at] ?? 0;
      at += run;
    }
    const counts = new Array<number>(20).fill(0);
    for (const { symbol, then } of symbols) {
      counts[symbol] = (counts[symbol] ?? 0) + 1;
      if (then !== undefined) counts[then] = (counts[then] ?? 0) + 1;
    }
    const own = lengthsFor(counts, 15);
    const codes = codesOf(own);
    for (const length of own) this.#bits.put(length, 4);
    for (const { symbol, more, then } of symbols) {
      this.#bits.put(codes[symbol] ?? 0, own[symbol] ?? 0);
      for (const [value, count] of more) this.#bits.put(value, count);
      if (then !== undefined) this.#bits.put(codes[then] ?? 0, own[then] ?? 0);
    }
  }
}

/** Blocks of a folder whose calls are translated already where `translated` says so. */
export function packLzx(content: Uint8Array, choices: LzxChoices): CabBlock[] {
  const { random, translated = 0 } = choices;
  const blocks: CabBlock[] = [];
  const bits = new BitWriter();
  bits.put(translated === 0 ? 0 : 1, 1);
  if (translated !== 0) bits.put(translated, 32);
  const packer = new Packer(content, bits, choices);
  for (let frame = 0; frame < content.length; frame += frameBytes) {
    const end = Math.min(content.length, frame + frameBytes);
    for (let at = frame; at < end;) {
      const to = random() < 0.5 ? end : Math.min(end, at + 1 + Math.floor(random() * 9000));
      packer.block(at, to);
      at = to;
    }
    blocks.push({ packed: bits.end(), unpackedBytes: end - frame });
  }
  return blocks;
}

/** A cabinet with one file of these bytes. */
export function lzxCabinet(content: Uint8Array, choices: LzxChoices): Buffer {
  const blocks = packLzx(content, choices);
  return cab([{ type: lzxType(choices.windowBits), files: [{ name: 'content', content }], blocks }]);
}

/** Numbers from 0 up to 1, the same for a seed. */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bytes of which some repeat, near and far, and some don’t. */
export function sampleBytes(random: () => number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count;) {
    const length = Math.min(count - at, 1 + Math.floor(random() * 400));
    const from = Math.floor(random() * at);
    const kind = random();
    for (let step = 0; step < length; step += 1) {
      const noise = Math.floor(random() * (kind < 0.1 ? 256 : 20));
      bytes[at + step] = kind < 0.5 && at > 0 ? (bytes[from + step] ?? 0) : noise;
    }
    at += length;
  }
  return bytes;
}
