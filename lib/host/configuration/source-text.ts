/** Bytes → text without hidden characters, with line and column of each offset. Pure. */
import type { ConfigurationProblem } from './problem.ts';

export class SourceText {
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  problemAt(offset: number, message: string, fix: string): ConfigurationProblem {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1, message, fix };
  }
}

/** Controls other than tab and line feed (a carriage return only before one), and what reorders the text around it. */
const hidden = new RegExp(
  '[\\u{0}-\\u{8}\\u{b}\\u{c}\\u{e}-\\u{1f}\\u{7f}-\\u{9f}]|\\r(?!\\n)|[\\u{2028}-\\u{202e}\\u{2066}-\\u{2069}]',
  'u',
);

/** A byte order mark at the start is dropped: some editors write it, and it has no meaning in UTF-8. */
export function decodeText(
  bytes: Uint8Array,
): { readonly source: SourceText } | { readonly problem: ConfigurationProblem } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const problem = { line: null, column: null, message: 'It is not UTF-8.', fix: 'Save it as UTF-8.' };
    return { problem };
  }
  const source = new SourceText(text);
  const at = text.search(hidden);
  if (at < 0) return { source };
  const name = `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return { problem: source.problemAt(at, `Character ${name} can’t be seen.`, 'Remove it.') };
}
