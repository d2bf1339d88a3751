/** Texts as OpenPGP signs them in the cleartext framework (RFC 9580 §7): lines end in CRLF, blanks at their ends and the last ending don't count. */
import { OpenPgpError } from './error.ts';

/** GnuPG reads no line of 20,000 octets and more. */
const lineBytesMax = 16 * 1024;
const [newline, carriageReturn, blank, tab, dash] = [0x0a, 0x0d, 0x20, 0x09, 0x2d];

/**
 * What becomes of a text, a chunk at a time and octet by octet: keyholder and daemon read it, too, and a text of many short lines must not
 * take them longer than one of long lines. `signed`: what is hashed; `escaped`: what stands in the message, with dashes escaped (§7.2) and
 * the last line ended.
 */
class TextWriter {
  readonly #isSigned: boolean;
  /** Blanks at the end of the chunk before: whether they count depends on what follows. */
  #held = Buffer.alloc(0);
  #isFirstLine = true;
  /** Of the line at hand, without what ends it. */
  #length = 0;
  #number = 1;
  #sawReturn = false;

  constructor(form: 'signed' | 'escaped') {
    this.#isSigned = form === 'signed';
  }

  /** Throws UNSUPPORTED for what programs read differently: lines too long, a CR that ends none, NUL. */
  write(chunk: Uint8Array): Uint8Array {
    // An octet becomes two at most: an ending in LF, or a line of one dash with its ending.
    const out = Buffer.allocUnsafe(this.#held.length + 2 * chunk.length + 2);
    let size = this.#held.copy(out);
    let blanks = size;
    const isSigned = this.#isSigned;
    let [length, sawReturn] = [this.#length, this.#sawReturn];
    for (let at = 0; at < chunk.length;) {
      const octet = chunk[at++] ?? 0;
      if (octet !== newline) {
        if (sawReturn) throw this.#strayReturn();
        if (octet === carriageReturn) {
          sawReturn = true;
          continue;
        }
        if (octet === 0) throw this.#unreadable('has a NUL');
      }
      if (length === 0) {
        if (isSigned && !this.#isFirstLine) {
          out[size++] = carriageReturn;
          out[size++] = newline;
        }
        if (!isSigned && octet === dash) {
          out[size++] = dash;
          out[size++] = blank;
        }
      }
      if (octet === newline) {
        size -= blanks;
        blanks = 0;
        if (!isSigned) {
          if (sawReturn) out[size++] = carriageReturn;
          out[size++] = newline;
        }
        [length, sawReturn] = [0, false];
        this.#isFirstLine = false;
        this.#number += 1;
        continue;
      }
      length += 1;
      if (length > lineBytesMax) throw this.#unreadable(`has over ${lineBytesMax} bytes`);
      blanks = isSigned && (octet === blank || octet === tab) ? blanks + 1 : 0;
      out[size++] = octet;
    }
    [this.#length, this.#sawReturn] = [length, sawReturn];
    this.#held = Buffer.from(out.subarray(size - blanks, size));
    return out.subarray(0, size - blanks);
  }

  /** What is left at the end of the file. */
  finish(): Uint8Array {
    if (this.#sawReturn) throw this.#strayReturn();
    return Buffer.from(!this.#isSigned && this.#length > 0 ? '\n' : '', 'latin1');
  }

  #strayReturn(): OpenPgpError {
    return this.#unreadable('has a carriage return that ends no line');
  }

  #unreadable(what: string): OpenPgpError {
    return new OpenPgpError(
      'UNSUPPORTED',
      `line ${this.#number} ${what}: programs wouldn’t all read the same text`,
    );
  }
}

async function* written(chunks: AsyncIterable<Uint8Array>, writer: TextWriter): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield writer.write(chunk);
  yield writer.finish();
}

/** What is hashed of a text. */
export const signedText = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  written(chunks, new TextWriter('signed'));

const hashNames = { sha256: 'SHA256', sha384: 'SHA384', sha512: 'SHA512' } as const;

/** The text with its signature behind it: §7. `signature`: in armor. */
export async function* clearSigned(
  chunks: AsyncIterable<Uint8Array>,
  hash: keyof typeof hashNames,
  signature: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`-----BEGIN PGP SIGNED MESSAGE-----\nHash: ${hashNames[hash]}\n\n`, 'latin1');
  yield* written(chunks, new TextWriter('escaped'));
  yield signature;
}
