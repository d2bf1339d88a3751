import { isMap, isScalar, isSeq, YAMLParseError } from 'yaml';
import type { Document, Scalar, YAMLMap } from 'yaml';

/**
 * Keys that their map has already, each as an error of the library's kind, in the order of the text. The library's own way compares
 * each key with all before it, which takes seconds for a map of as many as fit; here each is looked at once. Two are alike by their
 * value (`1` and `0x1`) or by their name (`1.0` and `"1.0"`), since other parsers go by one or the other. Keys that are no scalars are
 * never another's like, and are refused elsewhere.
 */
export function duplicateKeys(document: Document.Parsed): readonly YAMLParseError[] {
  const found: YAMLParseError[] = [];
  walk(document.contents, found);
  return found;
}

/** No deeper than the composer has gone to build it. */
function walk(node: unknown, found: YAMLParseError[]): void {
  if (isMap(node)) {
    const seen: Seen = { values: new Set(), names: new Set() };
    for (const pair of node.items) {
      if (isRepeated(pair, seen)) found.push(duplicate(pair.key));
      walk(pair.key, found);
      walk(pair.value, found);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) walk(item, found);
  }
}

interface Seen {
  readonly values: Set<unknown>;
  readonly names: Set<string>;
}

function isRepeated({ key }: YAMLMap['items'][number], { values, names }: Seen): boolean {
  if (!isScalar(key)) return false;
  const name = keyName(key);
  if (values.has(key.value) || names.has(name)) return true;
  values.add(key.value);
  names.add(name);
  return false;
}

/** What it is called by where keys are texts: of one that YAML takes for a number, or for nothing, as it is written. */
export function keyName({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? '');
}

function duplicate(key: unknown): YAMLParseError {
  const at = (key as { readonly range?: readonly number[] | null }).range?.[0] ?? 0;
  return new YAMLParseError([at, at + 1], 'DUPLICATE_KEY', 'Map keys must be unique');
}
