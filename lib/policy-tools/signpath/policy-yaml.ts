/** A parsed `.signpath` policy file: values by JSON pointer, with their positions and comments. */
import { isCollection, isMap, isNode, isPair, isSeq, parseDocument } from 'yaml';
import { readYaml } from '#core/policy/index.ts';
import { quoted, SignpathError } from './source.ts';
import type { SignpathSource } from './source.ts';
import { closest } from './vocabulary.ts';

type Group = Readonly<Record<string, unknown>>;

export interface At {
  readonly value: unknown;
  readonly pointer: string;
}

export class PolicyYaml {
  readonly #source: SignpathSource;
  readonly #content;
  readonly #comments = new Map<string, string[]>();
  /** Pointers that have comments at or below them, by their parent. */
  readonly #inside = new Map<string, Set<string>>();

  /** Throws SignpathError for what isn't YAML within the limits of policy files. */
  constructor(source: SignpathSource) {
    this.#source = source;
    const read = readYaml({
      file: source.file,
      text: source.text,
      locate: (offset) => ({ file: source.file, ...source.locate(offset) }),
    });
    if (!read.ok) {
      const [first] = read.diagnostics;
      if (first === undefined) throw new TypeError('a refusal without a reason');
      throw new SignpathError(first);
    }
    this.#content = read.content;
    this.#collectComments();
  }

  get root(): At {
    return { value: this.#content.value, pointer: '' };
  }

  locate(pointer: string): { readonly line: number; readonly column: number } {
    return this.#content.keys.get(pointer) ?? this.#content.values.get(pointer) ?? { line: 1, column: 1 };
  }

  refuse(pointer: string, rule: string, message: string, fix: string, atKey = true): never {
    const place = (atKey ? null : this.#content.values.get(pointer)) ?? this.locate(pointer);
    const { line, column } = place;
    throw new SignpathError({
      rule: `signpath.${rule}`,
      file: this.#source.file,
      line,
      column,
      message,
      fix,
    });
  }

  /** The values of a group; refuses anything but a group, and unknown keys. */
  group({ value, pointer }: At, what: string, known: readonly string[]): Map<string, At> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.refuse(
        pointer,
        'value',
        `${what} is not a group of keys.`,
        `It may contain ${known.join(', ')}.`,
      );
    }
    const found = new Map<string, At>();
    for (const [key, inner] of Object.entries(value as Group)) {
      const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!known.includes(key)) {
        const near = closest(key, known);
        const fix = near === null ? `It may contain ${known.join(', ')}.` : `Did you mean ${near}?`;
        this.refuse(place, 'key', `${what} has no key ${quoted(key)}.`, fix);
      }
      found.set(key, { value: inner, pointer: place });
    }
    return found;
  }

  list({ value, pointer }: At, what: string): At[] {
    if (!Array.isArray(value)) {
      return this.refuse(
        pointer,
        'value',
        `${what} is not a list.`,
        'Write one line starting with - for each.',
      );
    }
    return value.map((inner: unknown, at) => ({ value: inner, pointer: `${pointer}/${at}` }));
  }

  text({ value, pointer }: At, what: string): string {
    if (typeof value === 'string' && value !== '' && value.length <= 100) return value;
    return this.refuse(
      pointer,
      'value',
      `${what} is not a text of 1 to 100 characters.`,
      'Write one.',
      false,
    );
  }

  /** true or false; a key without a value means true, as in SignPath's own examples. */
  flag({ value, pointer }: At, what: string): boolean {
    if (value === null) return true;
    if (typeof value === 'boolean') return value;
    return this.refuse(pointer, 'value', `${what} is neither true nor false.`, 'Write true or false.', false);
  }

  whole({ value, pointer }: At, what: string, most: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
    const fix = `Write a number from 0 to ${most}.`;
    return this.refuse(pointer, 'value', `${what} is not a whole number from 0 to ${most}.`, fix, false);
  }

  /** Comments of a value, returned once, to the code that writes the value's line. */
  takeComments(pointer: string): string[] {
    const comments = this.#comments.get(pointer) ?? [];
    this.#comments.delete(pointer);
    return comments;
  }

  /** Comments of a value, of everything inside it, and of what wasn't taken before, in their order. */
  takeCommentsBelow(pointer: string): string[] {
    const own = this.takeComments(pointer);
    const inside = [...(this.#inside.get(pointer) ?? [])];
    this.#inside.delete(pointer);
    return [...own, ...inside.flatMap((child) => this.takeCommentsBelow(child))];
  }

  #collectComments(): void {
    const document = parseDocument(this.#source.text, { version: '1.2', schema: 'core', merge: false });
    this.#note('', document.commentBefore);
    this.#walk(document.contents, '');
    this.#note('/', document.comment);
  }

  #note(pointer: string, comment: string | null | undefined): void {
    if (comment === null || comment === undefined || comment.trim() === '') return;
    this.#comments.set(pointer, [...(this.#comments.get(pointer) ?? []), comment]);
    for (let at = pointer; at !== '';) {
      const parent = at.slice(0, at.lastIndexOf('/'));
      const siblings = this.#inside.get(parent) ?? new Set();
      if (siblings.has(at)) break;
      this.#inside.set(parent, siblings.add(at));
      at = parent;
    }
  }

  /**
   * A comment before the first line of a list or map belongs to that line, a comment after the last one to no line. Depth and size have been checked by `readYaml`; aliases are not followed.
   */
  #walk(node: unknown, pointer: string): void {
    if (!isNode(node)) return;
    if (isSeq(node)) {
      this.#note(node.items.length > 0 ? `${pointer}/0` : pointer, node.commentBefore);
      node.items.forEach((item, at) => this.#walk(item, `${pointer}/${at}`));
    } else if (isMap(node)) {
      let before = node.commentBefore;
      for (const pair of node.items) {
        if (!isPair(pair) || !isNode(pair.key)) continue;
        const key = String(pair.key).replaceAll('~', '~0').replaceAll('/', '~1');
        this.#note(`${pointer}/${key}`, before);
        before = null;
        this.#note(`${pointer}/${key}`, pair.key.commentBefore);
        this.#note(`${pointer}/${key}`, pair.key.comment);
        this.#walk(pair.value, `${pointer}/${key}`);
      }
      this.#note(pointer, before);
    } else {
      this.#note(pointer, node.commentBefore);
    }
    this.#note(isCollection(node) ? `${pointer}/` : pointer, node.comment);
  }
}
