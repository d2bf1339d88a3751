/**
 * Content that is lines of `Name: value` up to an empty one, as in the manifests of Java and in mails. The name that makes it such
 * content can stand in any of these lines: Java asks for `Signature-Version` wherever it is.
 */
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import type { SignedContent } from './signed-content.ts';

/** Of a line only this much is looked at; no program takes a longer name. */
const lineBytesMax = 256;
const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** `line`: what one of the lines matches, which it is given without its end, in lower case. */
export function headerContent(what: string, line: RegExp): SignedContent {
  return {
    what,
    async matches(source) {
      for await (const text of headerLines(source)) if (line.test(text)) return true;
      return false;
    },
  };
}

/** Up to the first empty line after one that isn't, or the first that is neither a header nor goes on with one. */
async function* headerLines(source: RandomAccessSource): AsyncGenerator<string> {
  let seen = false;
  for await (const line of linesOf(source)) {
    const text = seen ? line : line.replace(/^\xef\xbb\xbf/, '');
    if (text.trim() === '') {
      if (seen) return;
      continue;
    }
    seen = true;
    if (!/^[ \t]/.test(text) && !text.includes(':')) return;
    yield text.toLowerCase();
  }
}

/** Ends of lines are those of Java: CR, LF and both. Bytes are read as Latin-1. */
async function* linesOf(source: RandomAccessSource): AsyncGenerator<string> {
  let line = Buffer.alloc(0);
  for await (const chunk of readChunks(source, 0, source.size)) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (chunk[at] !== lineFeed && chunk[at] !== carriageReturn) continue;
      line = cut(line, chunk.subarray(start, at));
      // Between CR and LF is no line; an empty one ends the header all the same, as LF after LF.
      if (!(chunk[at] === lineFeed && start === at && line.length === 0 && endedByReturn(chunk, at)))
        yield line.toString('latin1');
      line = Buffer.alloc(0);
      start = at + 1;
    }
    line = cut(line, chunk.subarray(start));
  }
  if (line.length > 0) yield line.toString('latin1');
}

const endedByReturn = (chunk: Uint8Array, at: number): boolean =>
  at === 0 || chunk[at - 1] === carriageReturn;

const cut = (line: Buffer, more: Uint8Array): Buffer<ArrayBuffer> =>
  Buffer.concat([line, more.subarray(0, Math.max(0, lineBytesMax - line.length))]);
