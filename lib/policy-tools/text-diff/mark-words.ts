import { diffWordsWithSpace } from 'diff';
import type { DiffPart } from './diff-part.ts';

type Marked = readonly (readonly DiffPart[])[];

const lineCharactersMax = 500;
const wordEditsMax = 100;

/** Removed lines and the lines that replaced them → the same, with differing words marked. */
export function markWords(
  removed: readonly string[],
  added: readonly string[],
): { readonly removed: Marked; readonly added: Marked } {
  const plain = (text: string): readonly DiffPart[] => [{ text, changed: false }];
  // Only where each line has a counterpart is it clear which lines to compare.
  if (removed.length !== added.length) return { removed: removed.map(plain), added: added.map(plain) };
  const pairs = removed.map((text, index) => markPair(text, added[index] ?? ''));
  return { removed: pairs.map((pair) => pair.before), added: pairs.map((pair) => pair.after) };
}

function markPair(before: string, after: string) {
  const plain = { before: [{ text: before, changed: false }], after: [{ text: after, changed: false }] };
  if (before.length > lineCharactersMax || after.length > lineCharactersMax) return plain;
  const changes = diffWordsWithSpace(before, after, { maxEditLength: wordEditsMax });
  // Lines that share nothing but white space are easier to read without marks.
  if (changes?.some((change) => !change.added && !change.removed && change.value.trim() !== '') !== true)
    return plain;
  const side = (skipped: 'added' | 'removed') =>
    changes
      .filter((change) => !change[skipped])
      .map((change) => ({ text: change.value, changed: change.added || change.removed }));
  return { before: side('added'), after: side('removed') };
}
