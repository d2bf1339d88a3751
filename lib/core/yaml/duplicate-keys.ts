import { isMap, isScalar, isSeq, YAMLParseError } from 'yaml';
import type { Document, YAMLMap } from 'yaml';

/**
 * Keys that their map has already, each as an error of the library's kind, in the order of the text. The library's own way compares
 * each key with all before it, which takes seconds for a map of as many as fit; here each is looked at once. Keys that are no scalars
 * are never another's like, and are refused elsewhere.
 */
export function duplicateKeys(document: Document.Parsed): readonly YAMLParseError[] {
  const found: YAMLParseError[] = [];
  walk(document.contents, found);
  return found;
}

/** No deeper than the composer has gone to build it. */
function walk(node: unknown, found: YAMLParseError[]): void {
  if (isMap(node)) {
    const seen = new Set<unknown>();
    for (const pair of node.items) {
      if (isRepeated(pair, seen)) found.push(duplicate(pair.key));
      walk(pair.key, found);
      walk(pair.value, found);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) walk(item, found);
  }
}

function isRepeated({ key }: YAMLMap['items'][number], seen: Set<unknown>): boolean {
  if (!isScalar(key)) return false;
  if (seen.has(key.value)) return true;
  seen.add(key.value);
  return false;
}

function duplicate(key: unknown): YAMLParseError {
  const at = (key as { readonly range?: readonly number[] | null }).range?.[0] ?? 0;
  return new YAMLParseError([at, at + 1], 'DUPLICATE_KEY', 'Map keys must be unique');
}
