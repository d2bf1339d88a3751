/**
 * Where the values of a document stand, in two bytes each: offsets in its text, in the order in which the values are read, as the
 * characters of a string. Maps of positions took more memory than all else of a large policy together.
 */
import type { DocumentPath } from './document.ts';

const offsetMax = 0xffff;
/** JavaScript puts such keys of an object first, whatever order they were written in. */
const reordered = /^(?:0|[1-9]\d*)$/;

/** Collects what `findOffset` looks up. */
export class OffsetList {
  readonly #offsets: number[] = [];
  #fits = true;

  add(offset: number): void {
    this.#fits &&= offset <= offsetMax;
    this.#offsets.push(offset);
  }

  /** Each name of a map. */
  addName(name: string): void {
    this.#fits &&= !reordered.test(name);
  }

  /** null where the file is too long, or its order is lost. */
  pack(): string | null {
    return this.#fits ? this.#offsets.map((offset) => String.fromCharCode(offset)).join('') : null;
  }
}

/** The value and its packed offsets → where in the text the part at `path` begins; for a part that isn't there, its nearest parent. */
export function findOffset(value: unknown, offsets: string, path: DocumentPath): number {
  let [part, at] = [value, 0];
  for (const step of path) {
    const inner = childrenOf(part);
    const index = inner.findIndex(([name]) => name === String(step));
    if (index < 0) break;
    // Of itself one, and of each before it as many as there are in it.
    at += 1 + inner.slice(0, index).reduce((sum, [, before]) => sum + sizeOf(before), 0);
    part = inner[index]?.[1];
  }
  return offsets.charCodeAt(at);
}

function childrenOf(value: unknown): readonly (readonly [name: string, value: unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

const sizeOf = (value: unknown): number =>
  childrenOf(value).reduce((sum, [, inner]) => sum + sizeOf(inner), 1);
