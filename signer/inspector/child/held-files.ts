/** Envelopes hold the files that they sign. Signer and keyholder have those in memory, so what a request may have of them is bounded. */
import { formats } from '#core/formats/registry.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';
import type { Walk } from './walk.ts';

const heldBytesMax = 32 * 1024 * 1024;

export function heldFindings({
  signTargets,
  matcher: { elements },
  message: { locations },
}: Pick<Walk, 'signTargets' | 'matcher' | 'message'>): readonly Finding[] {
  const held = signTargets.filter(({ element: index }) => {
    const element = elements[index];
    if (element === undefined || element.sign === null) return false;
    return formats[element.type].signing?.holdsFile?.(element.sign) === true;
  });
  const bytes = held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const [largest] = held.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  if (bytes <= heldBytesMax || largest === undefined) return [];
  const { path, element } = largest;
  return [
    fail({
      rule: 'file.envelopes-too-large',
      message: `Envelopes hold the files that they sign, and these ${held.length} files have ${bytes} bytes together.`,
      expected: `at most ${heldBytesMax} bytes in all envelopes of a request`,
      found: `${bytes} bytes; the largest has ${largest.sizeBytes}`,
      path,
      policy: locations[elements[element]?.pointer ?? ''] ?? null,
      fix: 'Sign large files by method cms, or sign a statement that names their digests in their place.',
    }),
  ];
}
