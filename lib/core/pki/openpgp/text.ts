/** Texts as OpenPGP signs them in the cleartext framework (RFC 9580 §7): lines end in CRLF, blanks at their ends and the last ending don't count. */
import { OpenPgpError } from './error.ts';

/** GnuPG reads no line of 20,000 octets and more. */
const lineBytesMax = 16 * 1024;
const crlf = Buffer.from('\r\n');
const [newline, carriageReturn, blank, tab, dash] = [0x0a, 0x0d, 0x20, 0x09, 0x2d];

interface Line {
  readonly content: Buffer;
  /** LF, CRLF or, at the end of the file, nothing. */
  readonly ending: Buffer;
}

/** Throws UNSUPPORTED for what programs read differently: lines too long, a CR that ends none, NUL. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let number = 1;
  const line = (whole: Buffer, isEnded: boolean): Line => {
    const isCrlf = isEnded && whole.at(-1) === carriageReturn;
    const content = isCrlf ? whole.subarray(0, -1) : whole;
    if (content.length > lineBytesMax) throw unreadable(number, `has over ${lineBytesMax} bytes`);
    if (content.includes(carriageReturn)) throw unreadable(number, 'has a carriage return that ends no line');
    if (content.includes(0)) throw unreadable(number, 'has a NUL');
    number += 1;
    return { content, ending: Buffer.from(isCrlf ? '\r\n' : isEnded ? '\n' : '', 'latin1') };
  };
  for await (const chunk of chunks) {
    let at = 0;
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, at)) {
      yield line(bytes.subarray(at, end), true);
      at = end + 1;
    }
    rest = Buffer.from(bytes.subarray(at));
    // One octet more may be the CR before an LF that is still to come.
    if (rest.length > lineBytesMax + 1) throw unreadable(number, `has over ${lineBytesMax} bytes`);
  }
  if (rest.length > 0) yield line(rest, false);
}

function unreadable(line: number, what: string): OpenPgpError {
  return new OpenPgpError('UNSUPPORTED', `line ${line} ${what}: programs wouldn’t all read the same text`);
}

/** What is hashed of a text. */
export async function* signedText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const { content } of linesOf(chunks)) {
    let end = content.length;
    while (end > 0 && (content[end - 1] === blank || content[end - 1] === tab)) end -= 1;
    const stripped = content.subarray(0, end);
    yield isFirst ? stripped : Buffer.concat([crlf, stripped]);
    isFirst = false;
  }
}

const hashNames = { sha256: 'SHA256', sha384: 'SHA384', sha512: 'SHA512' } as const;

/** The text with its signature behind it: §7, dashes escaped (§7.2). `signature`: in armor. */
export async function* clearSigned(
  chunks: AsyncIterable<Uint8Array>,
  hash: keyof typeof hashNames,
  signature: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`-----BEGIN PGP SIGNED MESSAGE-----\nHash: ${hashNames[hash]}\n\n`, 'latin1');
  let ending = newline;
  for await (const line of linesOf(chunks)) {
    if (line.content[0] === dash) yield Buffer.from('- ', 'latin1');
    yield line.content;
    yield line.ending;
    ending = line.ending.at(-1) ?? 0;
  }
  if (ending !== newline) yield Buffer.of(newline);
  yield signature;
}
