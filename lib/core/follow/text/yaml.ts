/**
 * YAML as electron-builder and winget’s tools write it, as a tree that knows where each scalar is written: mappings and
 * sequences in block style, scalars on one line or in block style, comments. Whatever else YAML has is refused, so that nothing is
 * read otherwise than by a whole YAML parser: anchors, aliases, tags, several documents, scalars of several lines without
 * `|` or `>`, and collections in flow style that aren’t empty. (The inspector has no packages: decision 0009.)
 */
import { FollowError, type Span } from '../follow.ts';

export type YamlNode = YamlScalar | YamlMap | YamlList;
export interface YamlScalar extends Span {
  readonly kind: 'scalar';
  readonly line: number;
  /** Of scalars with escapes or of several lines: null. `start` and `end` are those of the value then, without quotation marks. */
  readonly value: string | null;
}
export interface YamlMap {
  readonly kind: 'map';
  readonly members: ReadonlyMap<string, YamlNode>;
}
export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

interface Line {
  readonly number: number;
  /** Of the first character that is no space. */
  readonly indent: number;
  /** In the text, of the line’s first character. */
  readonly start: number;
  /** Without the line’s end. */
  readonly text: string;
}

const depthMax = 32;
/** A mapping’s key: plain or in quotation marks, without escapes. */
const keyPattern =
  /^(?:"([^"\\]{0,200})"|'([^']{0,200})'|([A-Za-z0-9_$./][^:#"'\\[\]{},&*!|>%@`]{0,200}?)) {0,9}:(?: +|$)/;
const blockPattern = /^[|>](?:[1-9][+-]?|[+-][1-9]?)?(?: +#.*| *)$/;
const empty: YamlScalar = { kind: 'scalar', line: 0, start: 0, end: 0, value: null };

export function readYaml(text: string): YamlNode {
  const reader = new Reader(text);
  return reader.document();
}

class Reader {
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(text: string) {
    const lines: Line[] = [];
    let start = text.startsWith('\ufeff') ? 1 : 0;
    for (let number = 1; start <= text.length; number += 1) {
      const end = text.indexOf('\n', start);
      const whole = text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
      // What YAML doesn’t allow, and other line ends.
      if (/[\u0000-\u0008\u000b-\u001f\u007f\u0085\u2028\u2029\ufeff]/.test(whole))
        throw broken(number, 'has a control character');
      lines.push({ number, start, indent: /^ */.exec(whole)?.[0].length ?? 0, text: whole });
      if (end < 0) break;
      start = end + 1;
    }
    this.#lines = lines;
  }

  document(): YamlNode {
    let line = this.#next();
    if (line !== null && /^---(?: *| +#.*)$/.test(line.text)) {
      this.#at += 1;
      line = this.#next();
    }
    if (line === null) throw broken(1, 'is empty');
    const node = this.#block(line.indent, 0);
    const more = this.#next();
    if (more !== null)
      throw broken(more.number, 'goes on with another indentation, or with a second document');
    return node;
  }

  /** The next line with content; comments and empty lines before it are skipped. */
  #next(): Line | null {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at];
      if (line !== undefined && !/^ *(?:#.*)?$/.test(line.text)) {
        if (/^ *\t/.test(line.text)) throw broken(line.number, 'is indented with a tab');
        return line;
      }
    }
    return null;
  }

  #block(indent: number, depth: number): YamlNode {
    if (depth > depthMax) throw broken(this.#next()?.number ?? 1, `is nested deeper than ${depthMax} levels`);
    const line = this.#next();
    if (line === null) return empty;
    return isItem(line.text.slice(indent)) ? this.#list(indent, depth) : this.#map(indent, depth);
  }

  #list(indent: number, depth: number): YamlList {
    const items: YamlNode[] = [];
    for (let line = this.#next(); line?.indent === indent; line = this.#next()) {
      const rest = line.text.slice(indent);
      if (!isItem(rest)) break;
      const inner = indent + (/^- */.exec(rest)?.[0].length ?? 1);
      items.push(this.#item(line, indent, inner, depth));
    }
    return { kind: 'list', items };
  }

  /** What is behind a hyphen: a mapping that begins there, a scalar, or a block below. */
  #item(line: Line, indent: number, inner: number, depth: number): YamlNode {
    const rest = line.text.slice(inner);
    if (rest === '' || rest.startsWith('#')) {
      this.#at += 1;
      return this.#below(indent, depth);
    }
    if (isItem(rest)) throw broken(line.number, 'has a list that begins on another one’s line');
    return keyPattern.test(rest) ? this.#map(inner, depth + 1, inner) : this.#scalar(line, inner, indent);
  }

  /** `first`: column of the first key, where something else is in front of it on its line. */
  #map(indent: number, depth: number, first: number | null = null): YamlMap {
    if (depth > depthMax) throw broken(this.#next()?.number ?? 1, `is nested deeper than ${depthMax} levels`);
    const members = new Map<string, YamlNode>();
    for (let line = this.#next(), begin = first; line !== null; line = this.#next(), begin = null) {
      if (begin === null && line.indent !== indent) break;
      const rest = line.text.slice(indent);
      if (begin === null && isItem(rest)) break;
      const found = keyPattern.exec(rest);
      const key = found?.[1] ?? found?.[2] ?? found?.[3];
      if (found === null || key === undefined)
        throw broken(line.number, 'has something other than a key and its value');
      if (key === '<<' || members.has(key))
        throw broken(line.number, `has the key ${JSON.stringify(key)} twice`);
      const column = indent + found[0].length;
      const value = line.text.slice(column);
      if (value === '' || value.startsWith('#')) {
        this.#at += 1;
        members.set(key, this.#below(indent, depth, true));
      } else members.set(key, this.#scalar(line, column, indent));
    }
    return { kind: 'map', members };
  }

  /** A block that belongs to what has this indentation. Lists of a mapping may be indented as it is. */
  #below(indent: number, depth: number, lists = false): YamlNode {
    const line = this.#next();
    if (line === null) return empty;
    const belongs =
      line.indent > indent || (lists && line.indent === indent && isItem(line.text.slice(indent)));
    if (!belongs) return empty;
    const rest = line.text.slice(line.indent);
    if (!isItem(rest) && !keyPattern.test(rest)) throw broken(line.number, 'has a value below its key');
    return this.#block(line.indent, depth + 1);
  }

  #scalar(line: Line, column: number, indent: number): YamlScalar {
    const written = line.text.slice(column);
    this.#at += 1;
    if (blockPattern.test(written)) return this.#blockScalar(line, written, indent);
    const node = scalarOn(line, column, written);
    const next = this.#next();
    if (next !== null && next.indent > indent)
      throw broken(next.number, 'continues the value of the line before');
    return node;
  }

  /** A block scalar of one line has its place, too: electron-builder folds long digests so. */
  #blockScalar(line: Line, header: string, indent: number): YamlScalar {
    const begin = this.#at;
    const stated = /[1-9]/.exec(header)?.[0];
    let content = stated === undefined ? null : indent + Number(stated);
    let [end, blank] = [begin, 0];
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const one = this.#lines[this.#at];
      if (one === undefined) break;
      if (/^ *$/.test(one.text)) {
        blank = Math.max(blank, one.indent);
        continue;
      }
      if (one.indent <= indent) break;
      if (content === null && blank > one.indent)
        throw broken(one.number, 'is indented less than the empty lines before it');
      content ??= one.indent;
      if (one.indent < content) {
        if (end > begin && one.text.trimStart().startsWith('#')) break;
        throw broken(one.number, 'is indented less than the text that it goes on with');
      }
      end = this.#at + 1;
    }
    const [only] = this.#lines.slice(begin, end);
    const value = only?.text.slice(only.indent) ?? '';
    const isPlain = end === begin + 1 && /^[|>]-/.test(header) && /^[^\t ](?:.*[^\t ])?$/.test(value);
    if (only === undefined || !isPlain) return { ...empty, line: line.number };
    const start = only.start + only.indent;
    return { kind: 'scalar', line: only.number, start, end: start + value.length, value };
  }
}

const isItem = (text: string): boolean => /^-(?: |$)/.test(text);

/** A scalar that ends on its line. */
function scalarOn({ number, start }: Line, column: number, written: string): YamlScalar {
  const at = (from: number, value: string): YamlScalar => ({
    kind: 'scalar',
    line: number,
    start: start + column + from,
    end: start + column + from + value.length,
    value,
  });
  const behind = '(?: +#.*| *)$';
  if (written.startsWith('"')) {
    const found = new RegExp(`^"((?:[^"\\\\]|\\\\.)*)"${behind}`).exec(written)?.[1];
    if (found === undefined) throw broken(number, 'has a quotation mark that doesn’t end on its line');
    return found.includes('\\') ? { ...at(1, found), value: null } : at(1, found);
  }
  if (written.startsWith("'")) {
    const found = new RegExp(`^'((?:[^']|'')*)'${behind}`).exec(written)?.[1];
    if (found === undefined) throw broken(number, 'has a quotation mark that doesn’t end on its line');
    return found.includes("''") ? { ...at(1, found), value: null } : at(1, found);
  }
  if (/^(?:\[ *\]|\{ *\})(?: +#.*| *)$/.test(written)) return { ...empty, line: number };
  if (/^[[\]{},&*!|>%@`#]/.test(written) || /^[?:-](?: |$)/.test(written))
    throw broken(number, `has a value that begins with ${written.slice(0, 1)}`);
  const comment = written.indexOf(' #');
  const plain = (comment < 0 ? written : written.slice(0, comment)).trimEnd();
  if (/:(?: |$)/.test(plain)) throw broken(number, 'has a colon in its value');
  if (plain.includes('\t')) throw broken(number, 'has a tab in its value');
  return at(0, plain);
}

function broken(line: number, what: string): FollowError {
  return new FollowError(
    `line ${line} ${what}, which this version of the signer doesn’t read in YAML`,
    line,
    'Write mappings and lists in block style with each value on one line, without anchors, aliases or tags.',
  );
}

export const yamlMember = (node: YamlNode | null, name: string): YamlNode | null =>
  node?.kind === 'map' ? (node.members.get(name) ?? null) : null;
export const yamlItems = (node: YamlNode | null): readonly YamlNode[] =>
  node?.kind === 'list' ? node.items : [];
export const yamlText = (node: YamlNode | null): string | null =>
  node?.kind === 'scalar' ? node.value : null;
