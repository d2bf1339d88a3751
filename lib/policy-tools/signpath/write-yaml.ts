/** YAML nodes with comments, and their text, laid out like other policy files. */
import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Node } from 'yaml';

export interface Line {
  readonly key: string;
  readonly value: Node | string | number | boolean;
  /** Comments in front of the line. */
  readonly comments?: readonly string[];
}

export function mapOf(lines: readonly (Line | null)[]): YAMLMap {
  const map = new YAMLMap();
  for (const line of lines) {
    if (line === null) continue;
    const key = withComments(new Scalar(line.key), line.comments ?? []);
    map.items.push(new Pair(key, nodeOf(line.value)));
  }
  return map;
}

export function seqOf(items: readonly Node[]): YAMLSeq {
  const seq = new YAMLSeq();
  seq.items = [...items];
  return seq;
}

function nodeOf(value: Line['value']): Node {
  return typeof value === 'object' ? value : new Scalar(value);
}

/** Puts comments in front of a node, before the existing ones. */
export function withComments<N extends Node>(node: N, comments: readonly string[]): N {
  const texts = comments.map(commentBlock).filter((text) => text !== '');
  const had = node.commentBefore;
  const all = had === undefined || had === null || had === '' ? texts : [...texts, had];
  if (all.length > 0) node.commentBefore = all.join('\n');
  return node;
}

/** Puts comments after the last line of a map or list. */
export function withCommentsAfter<N extends Node>(node: N, comments: readonly string[]): N {
  const texts = comments.map(commentBlock).filter((text) => text !== '');
  if (texts.length > 0) node.comment = texts.join('\n');
  return node;
}

/** Text of a comment → lines that only need `#` in front; common indentation is removed. */
function commentBlock(text: string): string {
  const lines = text
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trimEnd());
  const start = lines.findIndex((line) => line !== '');
  if (start < 0) return '';
  const end = lines.findLastIndex((line) => line !== '') + 1;
  const [first = '', ...rest] = lines.slice(start, end);
  const indents = rest.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const common = indents.reduce((least, indent) => Math.min(least, indent), indents[0] ?? 0);
  return [first.trimStart(), ...rest.map((line) => line.slice(common))].map((line) => ` ${line}`).join('\n');
}

/** Contents, with comments around them → the text of a policy file. */
export function yamlText(contents: YAMLMap, head: readonly string[], tail: readonly string[]): string {
  const document = new Document(undefined, { version: '1.2', schema: 'core' });
  document.contents = contents;
  const before = head.map(commentBlock).filter((text) => text !== '');
  if (before.length > 0) document.commentBefore = before.join('\n');
  const after = tail.map(commentBlock).filter((text) => text !== '');
  if (after.length > 0) document.comment = after.join('\n');
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
}
