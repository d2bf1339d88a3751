import { createHash } from 'node:crypto';

/** Merkle tree of RFC 6962 §2.1 over leaf bytes, recomputed from all leaves: right for development's few. */
const hash = (...parts: readonly Uint8Array[]): Uint8Array => {
  const sha256 = createHash('sha256');
  for (const part of parts) sha256.update(part);
  return new Uint8Array(sha256.digest());
};

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export function rootHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hash();
  if (leaves.length === 1) return hash(leafPrefix, only);
  const split = splitPoint(leaves.length);
  return hash(nodePrefix, rootHash(leaves.slice(0, split)), rootHash(leaves.slice(split)));
}

/** Audit path of a leaf, from its sibling up to the root's children (RFC 6962 §2.1.1). */
export function inclusionProof(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index} in ${leaves.length}`);
  if (leaves.length === 1) return [];
  const split = splitPoint(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return index < split
    ? [...inclusionProof(index, left), rootHash(right)]
    : [...inclusionProof(index - split, right), rootHash(left)];
}

/** Largest power of two that is smaller than the number of leaves. */
function splitPoint(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
