/**
 * How electron-builder cuts a file into blocks, by its content: where the Rabin fingerprint of the last 64 bytes ends in fourteen ones,
 * after at least 8 KiB and at most 32 KiB. An update downloads only blocks that the installed version lacks, so a file must be cut
 * as all others are.
 *
 * The fingerprint is the window, taken as a polynomial over GF(2), modulo one of degree 63. (M. O. Rabin, Fingerprinting by
 * Random Polynomials, 1981.) Words of 64 bits are pairs of 32.
 */
const polynomial = 0xbfe6b8a5bf378d83n;
const degree = 63n;
const blockMin = 8 * 1024;
export const blockMax = 32 * 1024;
const window = 64;
const boundary = 16 * 1024 - 1;

/** value · x^shift modulo the polynomial. */
function reduced(value: bigint, shift: bigint): bigint {
  let rest = value << shift;
  for (let bit = BigInt(rest.toString(2).length) - 1n; bit >= degree; bit -= 1n) {
    if ((rest >> bit) & 1n) rest ^= polynomial << (bit - degree);
  }
  return rest;
}

interface Table {
  readonly high: Int32Array;
  readonly low: Int32Array;
}

function tableOf(entry: (value: bigint) => bigint): Table {
  const entries = Array.from({ length: 256 }, (_, value) => entry(BigInt(value)));
  return {
    high: Int32Array.from(entries, (one) => Number(BigInt.asIntN(32, one >> 32n))),
    low: Int32Array.from(entries, (one) => Number(BigInt.asIntN(32, one))),
  };
}

interface Tables {
  /** What the eight highest bits are replaced by when they are shifted out: themselves, to remove them, and their remainder. */
  readonly pushed: Table;
  /** What the window’s first byte adds to the fingerprint. */
  readonly popped: Table;
}

let tables: Tables | null = null;

/** Computed for the first block: as much work as all else that starts an inspector of its own code. */
function tablesOf(): Tables {
  tables ??= {
    pushed: tableOf((value) => BigInt.asUintN(64, (value << degree) ^ reduced(value, degree))),
    popped: tableOf((value) => reduced(value, BigInt((window - 1) * 8))),
  };
  return tables;
}

/** Bytes from a block’s beginning, at most `blockMax` → how many of them are the block. Fewer bytes than that are the file’s end. */
export function blockLength(bytes: Uint8Array): number {
  if (bytes.length <= blockMin) return bytes.length;
  const { pushed, popped } = tablesOf();
  let [high, low] = [0, 0];
  const push = (byte: number): void => {
    const top = (high >>> 23) & 0xff;
    const shifted = (high << 8) | (low >>> 24);
    low = ((low << 8) | byte) ^ (pushed.low[top] ?? 0);
    high = shifted ^ (pushed.high[top] ?? 0);
  };
  for (let at = blockMin - window; at < blockMin; at += 1) push(bytes[at] ?? 0);
  const end = Math.min(bytes.length, blockMax);
  let at = blockMin;
  for (; at < end && (low & boundary) !== boundary; at += 1) {
    const first = bytes[at - window] ?? 0;
    high ^= popped.high[first] ?? 0;
    low ^= popped.low[first] ?? 0;
    push(bytes[at] ?? 0);
  }
  return at;
}
