/** Digests of files that get signed, where the format has no field: they would be false afterwards, and nobody would know. */
import type { DigestAlgorithm, Figures, Span } from './follow.ts';
import { byHexDigits } from './values.ts';

export interface StrayDigest {
  readonly line: number;
  readonly path: string;
  readonly algorithm: DigestAlgorithm;
}

const hexRun = /(?<![0-9a-zA-Z])[0-9a-fA-F]{32,128}(?![0-9a-zA-Z])/g;
const base64Run = /(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{22,86}={1,2}(?!=)/g;
const byBase64Length: ReadonlyMap<number, DigestAlgorithm> = new Map([
  [24, 'md5'],
  [28, 'sha1'],
  [44, 'sha256'],
  [88, 'sha512'],
]);

/** `spans`: what is written anew. `algorithms`: no others are looked for; null: all. Each kind of digest is computed only where the list has something of its length. */
export async function strayDigest(
  bytes: Uint8Array,
  spans: readonly Span[],
  files: readonly { readonly path: string; readonly figures: Figures }[],
  algorithms: readonly DigestAlgorithm[] | null = null,
): Promise<StrayDigest | null> {
  const text = Buffer.from(bytes).toString('latin1');
  const starts = new Set(spans.map(({ start }) => start));
  const seen = new Map<DigestAlgorithm, Map<string, number>>();
  const add = (algorithm: DigestAlgorithm | undefined, key: string, at: number): void => {
    if (algorithm === undefined || starts.has(at)) return;
    const digests = seen.get(algorithm) ?? new Map<string, number>();
    seen.set(algorithm, digests.set(key, at));
  };
  for (const { 0: run, index } of text.matchAll(hexRun))
    add(byHexDigits.get(run.length), run.toLowerCase(), index);
  for (const { 0: run, index } of text.matchAll(base64Run))
    add(byBase64Length.get(run.length), Buffer.from(run, 'base64').toString('hex'), index);
  for (const [algorithm, digests] of seen) {
    if (algorithms !== null && !algorithms.includes(algorithm)) continue;
    for (const { path, figures } of files) {
      const at = digests.get(Buffer.from(await figures.digest(algorithm)).toString('hex'));
      if (at !== undefined) return { line: text.slice(0, at).split('\n').length, path, algorithm };
    }
  }
  return null;
}
