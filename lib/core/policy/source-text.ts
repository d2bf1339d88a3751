import type { PolicyLocation } from '../wire/finding/index.ts';
import { findHiddenCharacter } from '../yaml/index.ts';
import { diagnosticAt } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';

export const fileSizeBytesMax = 256 * 1024;

/** The text of one file, and line and column of every offset in it. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  locate(offset: number): PolicyLocation;
}

export type Decoded =
  | { readonly ok: true; readonly source: SourceText }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/** Bytes → text. Rejects more than 256 KiB, what isn't UTF-8, byte order marks and hidden characters. */
export function decodeSource(file: string, bytes: Uint8Array): Decoded {
  const start = { file, line: 1, column: 1 };
  if (bytes.length > fileSizeBytesMax) {
    const message = `The file has ${bytes.length} bytes; at most ${fileSizeBytesMax} are read.`;
    return refuse(start, 'file.size', message, 'Split it up or shorten it.');
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const message = 'The file is not UTF-8.';
    return refuse(locateInvalidUtf8(file, bytes), 'file.encoding', message, 'Save it as UTF-8.');
  }
  const source = sourceText(file, text);
  if (text.startsWith('\ufeff')) {
    return refuse(
      start,
      'file.bom',
      'The file starts with a byte order mark.',
      'Save it as UTF-8 without BOM.',
    );
  }
  const hidden = findHiddenCharacter(text);
  if (hidden >= 0) {
    const message = `Character ${codePointName(text, hidden)} is not allowed: it is invisible.`;
    return refuse(source.locate(hidden), 'file.characters', message, 'Remove it.');
  }
  return { ok: true, source };
}

export function codePointName(text: string, offset: number): string {
  return `U+${(text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function refuse(at: PolicyLocation, rule: string, message: string, fix: string): Decoded {
  return { ok: false, diagnostic: diagnosticAt(at, rule, message, fix) };
}

function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return {
    file,
    text,
    locate(offset) {
      let low = 0;
      let high = lineStarts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((lineStarts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file, line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
    },
  };
}

/** A line feed is never part of a longer UTF-8 sequence, so lines can be tried one by one. */
function locateInvalidUtf8(file: string, bytes: Uint8Array): PolicyLocation {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  for (let line = 1; start <= bytes.length; line += 1) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    const part = bytes.subarray(start, end);
    try {
      strict.decode(part);
    } catch {
      const column = new TextDecoder('utf-8', { ignoreBOM: true }).decode(part).indexOf('\ufffd') + 1;
      return { file, line, column: Math.max(column, 1) };
    }
    start = end + 1;
  }
  return { file, line: 1, column: 1 };
}
