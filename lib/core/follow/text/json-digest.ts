/** Digests in bills of materials: an object with the name of a hash function and a text with digits. */
import { FollowError, type DigestAlgorithm, type FileName, type FollowField } from '../follow.ts';
import { hexDigest } from '../values.ts';
import type { LineCounter } from './decode.ts';
import { member, textOf, type JsonNode } from './json.ts';

export interface DigestPlace {
  readonly label: string;
  readonly name: FileName;
  readonly lines: LineCounter;
  /** Keys of the two members. */
  readonly keys: { readonly algorithm: string; readonly digits: string };
  /** The format’s names of hash functions; those that it knows and the signer doesn’t compute are missing. */
  readonly algorithms: ReadonlyMap<string, DigestAlgorithm>;
}

export function jsonDigest(node: JsonNode, place: DigestPlace): FollowField {
  const { label, name, lines, keys, algorithms } = place;
  const algorithm = textOf(member(node, keys.algorithm));
  const digits = member(node, keys.digits);
  const line = lines.at(node.start);
  const isPlain = digits?.kind === 'text' && digits.end - digits.start === digits.value.length;
  if (algorithm === null || !isPlain || !/^[0-9a-fA-F]+$/.test(digits.value))
    throw new FollowError(
      `${label} has no ${keys.algorithm} and ${keys.digits} with digits`,
      line,
      'Write both as the format’s specification says, without escapes.',
    );
  const field = { start: digits.start, end: digits.end, line, label: `${label} (${algorithm})`, name };
  const known = algorithms.get(algorithm);
  if (known !== undefined) return { kind: 'plain', ...field, value: hexDigest(known) };
  const what = `a digest by ${algorithm}, which the signer doesn’t compute`;
  return { kind: 'fixed', ...field, what, fix: 'Leave that digest out, or list SHA-256 or SHA-512 instead.' };
}
