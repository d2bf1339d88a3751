/**
 * BLAKE2b (RFC 7693) with digests of any length, without a key, of one message in memory. Node’s crypto has it with 64 bytes alone, and a
 * shorter digest isn’t the beginning of that. Words of 64 bits are pairs of 32, low one first.
 */
const iv = Uint32Array.of(
  0xf3bcc908,
  0x6a09e667,
  0x84caa73b,
  0xbb67ae85,
  0xfe94f82b,
  0x3c6ef372,
  0x5f1d36f1,
  0xa54ff53a,
  0xade682d1,
  0x510e527f,
  0x2b3e6c1f,
  0x9b05688c,
  0xfb41bd6b,
  0x1f83d9ab,
  0x137e2179,
  0x5be0cd19,
);
/** RFC 7693, section 2.7; the last two rounds use the first two again. */
const sigma = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
/** Columns, then diagonals. */
const mixes = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];
/** For each half of a round: where a, b, c, d are in `v`, and where x and y are in the message, as indexes of 32-bit words. */
const steps = Uint8Array.from(
  [...sigma, ...sigma.slice(0, 2)].flatMap((order) =>
    mixes.flatMap(([a = 0, b = 0, c = 0, d = 0], at) =>
      [a, b, c, d, order[2 * at] ?? 0, order[2 * at + 1] ?? 0].map((word) => 2 * word),
    ),
  ),
);
const blockBytes = 128;

const v = new Uint32Array(32);
const m = new Uint32Array(32);

export function blake2b(message: Uint8Array, digestBytes: number): Uint8Array {
  const h = iv.slice();
  h[0] = (h[0] ?? 0) ^ 0x01010000 ^ digestBytes;
  const last = Math.max(0, Math.ceil(message.length / blockBytes) - 1) * blockBytes;
  const block = new Uint8Array(blockBytes);
  const view = new DataView(block.buffer);
  for (let at = 0; at <= last; at += blockBytes) {
    const part = message.subarray(at, at + blockBytes);
    if (part.length < blockBytes) block.fill(0);
    block.set(part);
    compress(h, view, at + part.length, at === last);
  }
  const digest = new DataView(new ArrayBuffer(64));
  h.forEach((word, at) => digest.setUint32(4 * at, word, true));
  return new Uint8Array(digest.buffer).slice(0, digestBytes);
}

/** `counted`: bytes of the message up to the end of this block; below 2^53. */
function compress(h: Uint32Array, block: DataView, counted: number, isLast: boolean): void {
  for (let at = 0; at < 32; at += 1) m[at] = block.getUint32(4 * at, true);
  v.set(h);
  v.set(iv, 16);
  v[24] = (v[24] ?? 0) ^ counted;
  v[25] = (v[25] ?? 0) ^ Math.floor(counted / 2 ** 32);
  if (isLast) {
    v[28] = ~(v[28] ?? 0);
    v[29] = ~(v[29] ?? 0);
  }
  for (let at = 0; at < steps.length; at += 6) mix(at);
  for (let at = 0; at < 16; at += 1) h[at] = (h[at] ?? 0) ^ (v[at] ?? 0) ^ (v[at + 16] ?? 0);
}

/** The function G of RFC 7693, section 3.1, written out: it is the innermost loop. */
function mix(at: number): void {
  const a = steps[at] ?? 0;
  const b = steps[at + 1] ?? 0;
  const c = steps[at + 2] ?? 0;
  const d = steps[at + 3] ?? 0;
  const x = steps[at + 4] ?? 0;
  const y = steps[at + 5] ?? 0;
  let [aLow, aHigh, bLow, bHigh] = [
    (v[a] ?? 0) | 0,
    (v[a + 1] ?? 0) | 0,
    (v[b] ?? 0) | 0,
    (v[b + 1] ?? 0) | 0,
  ];
  let [cLow, cHigh, dLow, dHigh] = [
    (v[c] ?? 0) | 0,
    (v[c + 1] ?? 0) | 0,
    (v[d] ?? 0) | 0,
    (v[d + 1] ?? 0) | 0,
  ];

  let sum = (aLow >>> 0) + (bLow >>> 0) + (m[x] ?? 0);
  aHigh = (aHigh + bHigh + (m[x + 1] ?? 0) + Math.floor(sum / 2 ** 32)) | 0;
  aLow = sum | 0;
  // Rotated to the right by 32.
  let kept = dLow ^ aLow;
  dLow = dHigh ^ aHigh;
  dHigh = kept;
  sum = (cLow >>> 0) + (dLow >>> 0);
  cHigh = (cHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
  cLow = sum | 0;
  // By 24.
  kept = bLow ^ cLow;
  bHigh ^= cHigh;
  bLow = (kept >>> 24) | (bHigh << 8);
  bHigh = (bHigh >>> 24) | (kept << 8);

  sum = (aLow >>> 0) + (bLow >>> 0) + (m[y] ?? 0);
  aHigh = (aHigh + bHigh + (m[y + 1] ?? 0) + Math.floor(sum / 2 ** 32)) | 0;
  aLow = sum | 0;
  // By 16.
  kept = dLow ^ aLow;
  dHigh ^= aHigh;
  dLow = (kept >>> 16) | (dHigh << 16);
  dHigh = (dHigh >>> 16) | (kept << 16);
  sum = (cLow >>> 0) + (dLow >>> 0);
  cHigh = (cHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
  cLow = sum | 0;
  // By 63: to the left by one.
  kept = bLow ^ cLow;
  bHigh ^= cHigh;
  bLow = (kept << 1) | (bHigh >>> 31);
  bHigh = (bHigh << 1) | (kept >>> 31);

  v[a] = aLow;
  v[a + 1] = aHigh;
  v[b] = bLow;
  v[b + 1] = bHigh;
  v[c] = cLow;
  v[c + 1] = cHigh;
  v[d] = dLow;
  v[d + 1] = dHigh;
}
