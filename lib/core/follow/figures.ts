/** Figures of a file, each computed once, from a stream of its content. */
import { createHash } from 'node:crypto';
import { computeBlockMap } from './electron-blockmap/block-map.ts';
import type { DigestAlgorithm, Figures } from './follow.ts';

/** `content` is called once for each figure that is asked for. `sha256`: where it is known already. */
export function figuresOf(
  sizeBytes: number,
  content: () => AsyncIterable<Uint8Array>,
  sha256: string | null = null,
): Figures {
  const digests = new Map<DigestAlgorithm, Promise<Uint8Array>>();
  if (sha256 !== null) digests.set('sha256', Promise.resolve(Buffer.from(sha256, 'hex')));
  let map: Promise<string> | null = null;
  return {
    sizeBytes,
    digest(algorithm) {
      const found = digests.get(algorithm) ?? digestOf(algorithm, content());
      digests.set(algorithm, found);
      return found;
    },
    blockMap: () => (map ??= computeBlockMap(content())),
  };
}

async function digestOf(algorithm: DigestAlgorithm, content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  for await (const chunk of content) hash.update(chunk);
  return hash.digest();
}
