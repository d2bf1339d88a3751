/**
 * The signature block: comment lines with the Base64 of a DER PKCS#7, 64 characters each, all lines ended by CRLF and written in the
 * encoding of the script:
 * ```
 * …last line of the script
 * # SIG # Begin signature block
 * # MIIF…
 * # SIG # End signature block
 * ```
 * The CRLF in front of the first line belongs to the block, too: the script is all that stands before it, and behind the block for
 * those kinds whose block isn't last.
 *
 * Readers find it in different ways: at the end of the file, or by its first line; anywhere in a line, or only in one of its own. So
 * the marks may stand nowhere but in one block in its place.
 */
import { ScriptError } from './errors.ts';
import { byteOffset, encodeLike, type ScriptText } from './read-text.ts';

export interface BlockStyle {
  /** First and last line. */
  readonly begin: string;
  readonly end: string;
  /** Around the Base64 in the lines between. */
  readonly open: string;
  readonly close: string;
  /** Finds all that a reader could take for the first or last line. Global. */
  readonly marks: RegExp;
  /** Text without a block → where it goes. Throws ScriptError NO_PLACE. */
  place(text: string): number;
}

export interface Block {
  /** Where the CRLF before it begins, in characters. */
  readonly start: number;
  /** Behind its last CRLF. */
  readonly end: number;
  /** DER PKCS#7, not read. */
  readonly signature: Uint8Array;
}

const newline = '\r\n';
const lineCharacters = 64;
const signatureBytesMax = 1024 * 1024;

/** The block of a script; null: there is none. Throws ScriptError for one that readers could see differently. */
export function findBlock(script: ScriptText, style: BlockStyle): Block | null {
  const { text } = script;
  const found: number[] = [];
  for (const { index } of text.matchAll(style.marks)) {
    found.push(index);
    if (found.length > 2) break;
  }
  const [first, second] = found;
  if (first === undefined) return null;
  const where = (at: number): string => `at byte ${byteOffset(script, at)}`;
  if (found.length > 2)
    throw new ScriptError(
      'SEVERAL_BLOCKS',
      `marks of a second signature block stand ${where(found[2] ?? 0)}`,
    );
  const lead = newline + style.begin + newline;
  const start = text.lastIndexOf(lead, first);
  if (start === -1 || first >= start + lead.length || second === undefined) {
    const lines = text.includes(`\n${style.begin}\n`)
      ? 'has lines that end with LF: something changed them after it was signed'
      : 'does not begin as one, or has no end';
    throw damaged(`what looks like its signature block ${where(first)} ${lines}`);
  }
  const tail = style.end + newline;
  const last = text.lastIndexOf(tail, second);
  if (last === -1 || second >= last + tail.length)
    throw damaged(`its signature block has no last line of its own ${where(second)}`);
  const block = {
    start,
    end: last + tail.length,
    signature: readLines(text.slice(start + lead.length, last), style),
  };
  const rest = text.slice(0, block.start) + text.slice(block.end);
  if (style.place(rest) !== block.start)
    throw new ScriptError(
      'TEXT_AFTER_BLOCK',
      `more than may stand there follows its signature block ${where(block.end)}`,
    );
  return block;
}

function readLines(text: string, { open, close }: BlockStyle): Uint8Array {
  if (text.length > 2 * signatureBytesMax) throw damaged('its signature block is too long');
  const lines = text.split(newline);
  if (lines.pop() !== '') throw damaged('the lines of its signature block don’t end with CRLF');
  const parts = lines.map((line, index) => {
    const part = line.slice(open.length, line.length - close.length);
    const full = index < lines.length - 1 ? part.length === lineCharacters : part.length <= lineCharacters;
    if (line !== open + part + close || part === '' || !full)
      throw damaged(`line ${index + 2} of its signature block is no line of one`);
    return part;
  });
  const base64 = parts.join('');
  const signature = Buffer.from(base64, 'base64');
  if (signature.length === 0 || signature.toString('base64') !== base64)
    throw damaged('its signature block holds no Base64');
  return Uint8Array.from(signature);
}

function damaged(message: string): ScriptError {
  return new ScriptError('BLOCK_DAMAGED', message);
}

/** The bytes before the block, or before where one would go, and those behind it. */
export function aroundBlock(
  script: ScriptText,
  block: Block | null,
  style: BlockStyle,
): readonly [Uint8Array, Uint8Array] {
  const start = block?.start ?? style.place(script.text);
  const end = block?.end ?? start;
  return [
    script.bytes.subarray(0, byteOffset(script, start)),
    script.bytes.subarray(byteOffset(script, end)),
  ];
}

/** The text as it is, or was, without a signature. */
export function textWithout({ text }: ScriptText, block: Block | null): string {
  return block === null ? text : text.slice(0, block.start) + text.slice(block.end);
}

/** The block with this signature, in the encoding of the script. */
export function writeBlock(script: ScriptText, signature: Uint8Array, style: BlockStyle): Uint8Array {
  if (signature.length > signatureBytesMax)
    throw new ScriptError('SIGNATURE_INVALID', `its signatures would have ${signature.length} bytes`);
  const base64 = Buffer.from(signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  const block = [style.begin, ...lines.map((line) => style.open + line + style.close), style.end];
  return encodeLike(script, newline + block.join(newline) + newline);
}
