/**
 * A script's bytes as text. The digest of a signature is over UTF-16, whatever the file is written in, so that who signs and who
 * verifies have to decode it alike. Which encodings all do decode alike is `signableAs` of a kind; here each is read that can be told:
 *
 * | first bytes | encoding |
 * | ----------- | -------- |
 * | EF BB BF    | UTF-8 |
 * | FF FE       | UTF-16, little-endian |
 * | FE FF       | UTF-16, big-endian |
 * | others      | ASCII; where a byte is above 7F, what the reader guesses, mostly the code page of the machine: `unmarked` |
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { ScriptError } from './errors.ts';

export type Encoding = 'ascii' | 'utf-8' | 'utf-16le' | 'utf-16be' | 'unmarked';

export interface ScriptText {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  /** Without the byte order mark. Of `unmarked` text a character is a byte. */
  readonly text: string;
}

/** Of a script without its signature block. */
export const scriptSizeMax = 16 * 1024 * 1024;
/** In a file of UTF-16 each character of a block takes two bytes. */
const fileSizeMax = scriptSizeMax + 4 * 1024 * 1024;
/** What Windows signs at least. */
const sizeMin = 4;

export const encodingNames: Readonly<Record<Encoding, string>> = {
  ascii: 'ASCII',
  'utf-8': 'UTF-8 with a byte order mark',
  'utf-16le': 'UTF-16LE with a byte order mark',
  'utf-16be': 'UTF-16BE with a byte order mark',
  unmarked: 'other than ASCII, without a byte order mark',
};

const marks: readonly (readonly [Encoding, Uint8Array])[] = [
  ['utf-8', Uint8Array.of(0xef, 0xbb, 0xbf)],
  ['utf-16le', Uint8Array.of(0xff, 0xfe)],
  ['utf-16be', Uint8Array.of(0xfe, 0xff)],
];

/** Bytes of the byte order mark. */
const markBytes = (encoding: Encoding): number => marks.find(([name]) => name === encoding)?.[1].length ?? 0;

export const hasMark = (encoding: Encoding): boolean => markBytes(encoding) > 0;

/** Throws ScriptError: TOO_LARGE, TOO_SHORT, NOT_TEXT. */
export async function readScriptText(source: RandomAccessSource): Promise<ScriptText> {
  if (source.size > fileSizeMax)
    throw new ScriptError('TOO_LARGE', `it has ${source.size} bytes; at most ${scriptSizeMax} are read`);
  if (source.size < sizeMin)
    throw new ScriptError('TOO_SHORT', `it has ${source.size} bytes; Windows signs no fewer than ${sizeMin}`);
  return decode(await readExactly(source, 0, source.size));
}

function decode(bytes: Uint8Array): ScriptText {
  const [marked] = marks.find(([, mark]) => Buffer.compare(bytes.subarray(0, mark.length), mark) === 0) ?? [];
  const encoding = marked ?? (bytes.some((byte) => byte > 0x7f) ? 'unmarked' : 'ascii');
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(markBytes(encoding));
  const script = { bytes, encoding, text: textOf(body, encoding) };
  refuseNoText(script);
  return script;
}

function textOf(body: Buffer, encoding: Encoding): string {
  switch (encoding) {
    case 'ascii':
    case 'unmarked':
      return body.toString('latin1');
    case 'utf-8': {
      const text = body.toString('utf8');
      // What isn't UTF-8 becomes U+FFFD, whose bytes are others: each text has one encoding, and it has to be this one.
      const again = Buffer.from(text, 'utf8');
      if (Buffer.compare(again, body) === 0) return text;
      const at = body.findIndex((byte, index) => byte !== again[index]);
      throw new ScriptError('NOT_TEXT', `it is no valid UTF-8 at byte ${markBytes(encoding) + at}`);
    }
    case 'utf-16le':
    case 'utf-16be': {
      if (body.length % 2 !== 0)
        throw new ScriptError('NOT_TEXT', 'it begins as UTF-16, but has an odd number of bytes');
      return (encoding === 'utf-16le' ? body : Buffer.from(body).swap16()).toString('utf16le');
    }
  }
}

/** A byte order mark that isn't first, NUL, the end-of-file mark of DOS, at which readers may stop, and half of a surrogate pair. */
const noText =
  /^\uFEFF|[\u0000\u001A]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function refuseNoText(script: ScriptText): void {
  const at = script.text.search(noText);
  if (at === -1) return;
  const code = script.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  const message = `it holds the character U+${code} at byte ${byteOffset(script, at)}, which no text has there`;
  throw new ScriptError('NOT_TEXT', message);
}

/** Position in the text → position in the file. */
export function byteOffset({ encoding, text }: ScriptText, at: number): number {
  const before = markBytes(encoding);
  if (encoding === 'utf-8') return before + Buffer.byteLength(text.slice(0, at), 'utf8');
  return before + (encoding === 'ascii' || encoding === 'unmarked' ? at : 2 * at);
}

/** ASCII text in the encoding of the file. */
export function encodeLike({ encoding }: ScriptText, ascii: string): Uint8Array {
  if (encoding === 'utf-16le') return Buffer.from(ascii, 'utf16le');
  return encoding === 'utf-16be' ? Buffer.from(ascii, 'utf16le').swap16() : Buffer.from(ascii, 'latin1');
}

const [carriageReturn, lineFeed] = [0x0d, 0x0a];

type LineEnds = 'crlf' | 'lf' | 'cr' | 'mixed' | 'none';

/** How lines end, and the first line that doesn't end with CRLF, counted from 1; null: none. */
export function lineEndsOf(text: string): {
  readonly lineEnds: LineEnds;
  readonly firstOther: number | null;
} {
  const counts = { crlf: 0, lf: 0, cr: 0 };
  let firstOther: number | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character !== carriageReturn && character !== lineFeed) continue;
    if (character === carriageReturn && text.charCodeAt(at + 1) === lineFeed) {
      counts.crlf += 1;
      at += 1;
    } else {
      counts[character === lineFeed ? 'lf' : 'cr'] += 1;
      firstOther ??= counts.crlf + 1;
    }
  }
  const names = (['crlf', 'lf', 'cr'] as const).filter((name) => counts[name] > 0);
  const [first = 'none', ...others] = names;
  return { lineEnds: others.length === 0 ? first : 'mixed', firstOther };
}
