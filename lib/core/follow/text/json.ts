/**
 * JSON (RFC 8259) as a tree that knows where each value is written. What is ambiguous is refused: a name twice in an object, a byte
 * order mark. Strings that matter are written plainly; `plainText` refuses those with escapes, which have no place of their own.
 */
import { FollowError, type Span } from '../follow.ts';
import { LineCounter } from './decode.ts';

export type JsonNode = JsonText | JsonList | JsonObject | JsonOther;
export interface JsonText extends Span {
  readonly kind: 'text';
  /** Where `start` and `end` are inside the quotation marks. */
  readonly value: string;
}
export interface JsonList extends Span {
  readonly kind: 'list';
  readonly items: readonly JsonNode[];
}
export interface JsonObject extends Span {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, JsonNode>;
}
/** A number, true, false or null. */
export interface JsonOther extends Span {
  readonly kind: 'other';
  readonly value: number | boolean | null;
}

const depthMax = 64;
/** Of memory, not of the format: no list of 16 MiB that anybody writes has as many values. */
const nodesMax = 1_000_000;
const [space, backslash] = [0x20, 0x5c];
const whitespace = /[\t\n\r ]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const otherPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

export function readJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value(0);
  reader.end();
  return node;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #nodes = 0;
  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode {
    if ((this.#nodes += 1) > nodesMax) throw this.#broken(`has more than ${nodesMax} values`);
    if (depth > depthMax) throw this.#broken(`is nested deeper than ${depthMax} levels`);
    this.#skip();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#list(depth);
    if (first === '"') return this.#string();
    const start = this.#at;
    const found = this.#match(otherPattern);
    if (found === null) throw this.#broken('has no value');
    return { kind: 'other', start, end: this.#at, value: JSON.parse(found) as number | boolean | null };
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.#broken('goes on after its end');
  }

  #object(depth: number): JsonObject {
    const start = this.#at;
    const members = new Map<string, JsonNode>();
    this.#at += 1;
    if (!this.#takes('}')) {
      do {
        this.#skip();
        if (this.#text[this.#at] !== '"') throw this.#broken('has no name');
        const { value: name } = this.#string();
        if (members.has(name)) throw this.#broken(`has the name ${JSON.stringify(name.slice(0, 60))} twice`);
        if (!this.#takes(':')) throw this.#broken('lacks a colon');
        members.set(name, this.value(depth + 1));
      } while (this.#takes(','));
      if (!this.#takes('}')) throw this.#broken('lacks a closing brace');
    }
    return { kind: 'object', start, end: this.#at, members };
  }

  #list(depth: number): JsonList {
    const start = this.#at;
    const items: JsonNode[] = [];
    this.#at += 1;
    if (!this.#takes(']')) {
      do items.push(this.value(depth + 1));
      while (this.#takes(','));
      if (!this.#takes(']')) throw this.#broken('lacks a closing bracket');
    }
    return { kind: 'list', start, end: this.#at, items };
  }

  #string(): JsonText {
    const start = this.#at + 1;
    for (this.#at = start; this.#text[this.#at] !== '"';) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === backslash ? this.#match(escape) === null : !(code >= space))
        throw this.#broken('has a text that doesn’t end, or is written wrongly');
      if (code !== backslash) this.#at += 1;
    }
    const end = this.#at;
    this.#at += 1;
    return { kind: 'text', start, end, value: JSON.parse(this.#text.slice(start - 1, end + 1)) as string };
  }

  #takes(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skip(): void {
    this.#match(whitespace);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #broken(what: string): FollowError {
    return new FollowError(
      `it is no valid JSON: it ${what}`,
      new LineCounter(this.#text).at(this.#at),
      'Write it with a JSON library, in UTF-8 without a byte order mark.',
    );
  }
}

/** A member of an object; null: there is none, or it is none. */
export function member(node: JsonNode | null, name: string): JsonNode | null {
  return node?.kind === 'object' ? (node.members.get(name) ?? null) : null;
}

export const itemsOf = (node: JsonNode | null): readonly JsonNode[] =>
  node?.kind === 'list' ? node.items : [];

export const textOf = (node: JsonNode | null): string | null => (node?.kind === 'text' ? node.value : null);
