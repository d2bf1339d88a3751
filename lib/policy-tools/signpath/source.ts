/** Bytes of a SignPath file → text with lines and columns, and the errors that end reading early. */
import { CodedError } from '#core/error/index.ts';
import type { Diagnostic } from '#core/policy/index.ts';

/** The largest file that is read, in bytes. */
export const signpathFileSizeBytesMax = 1024 * 1024;

export interface SignpathSource {
  readonly file: string;
  readonly text: string;
  /** Offset in UTF-16 code units → line and column, both from 1. */
  locate(offset: number): { readonly line: number; readonly column: number };
}

/** Ends reading from any depth; the room's surface turns it into a diagnostic. */
export class SignpathError extends CodedError<'SIGNPATH_INVALID'> {
  static override readonly errorName = 'SignpathError';
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super('SIGNPATH_INVALID', diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

export function refuse(
  source: SignpathSource,
  offset: number,
  rule: string,
  message: string,
  fix: string,
): never {
  throw new SignpathError({ rule, file: source.file, ...source.locate(offset), message, fix });
}

/** Policy files may not contain these either: nobody would see them in a review. */
const hiddenCharacter = new RegExp(
  [
    '[\\u{0}-\\u{8}\\u{b}\\u{c}\\u{e}-\\u{1f}\\u{7f}-\\u{9f}]',
    '\\r(?!\\n)',
    '[\\u{61c}\\u{200e}\\u{200f}\\u{2028}-\\u{202e}\\u{2066}-\\u{2069}\\u{feff}\\u{fffe}\\u{ffff}\\p{Cs}]',
  ].join('|'),
  'u',
);

/** Offset of the first invisible character, or -1. */
export function findHidden(text: string): number {
  return text.search(hiddenCharacter);
}

/** Bytes → text. A byte order mark is skipped; more than 1 MiB, other encodings and hidden characters are refused. */
export function decodeSignpathFile(file: string, bytes: Uint8Array): SignpathSource {
  if (bytes.length > signpathFileSizeBytesMax) {
    const message = `The file has ${bytes.length} bytes; at most ${signpathFileSizeBytesMax} are read.`;
    refuse(sourceOf(file, ''), 0, 'signpath.size', message, 'Import a smaller file.');
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  const source = sourceOf(file, text);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const at = Math.max(text.indexOf('\ufffd'), 0);
    refuse(source, at, 'signpath.encoding', 'The file is not UTF-8.', 'Save it as UTF-8.');
  }
  const hidden = findHidden(text);
  if (hidden >= 0) {
    const code = (text.codePointAt(hidden) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message = `Character U+${code} is not allowed: it is invisible.`;
    refuse(source, hidden, 'signpath.characters', message, 'Remove it.');
  }
  return source;
}

function sourceOf(file: string, text: string): SignpathSource {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    file,
    text,
    locate(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
  };
}

/** Text from a file, short enough for a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
