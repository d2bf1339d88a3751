/** Texts as the readers see them, with places that lead back to bytes. */
import { FollowError, type FollowField, type Span } from '../follow.ts';
import { shownText } from '../shown.ts';

/** Bytes → text, one for one: encoding it again gives the same bytes. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new FollowError(
      'it is written in UTF-16',
      1,
      'Write it in UTF-8; in PowerShell: `Out-File -Encoding utf8NoBOM`.',
    );
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FollowError('it is not valid UTF-8', null, 'Write it in UTF-8.');
  }
}

/** Characters of a label, part of which a list may choose. */
const labelMax = 200;

/** Fields whose spans count characters of the text → the same fields, by bytes. */
export function inBytes(text: string, fields: readonly FollowField[]): readonly FollowField[] {
  const places = [...new Set(fields.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const bytesAt = new Map<number, number>();
  let [characters, bytes] = [0, 0];
  for (const place of places) {
    bytes += Buffer.byteLength(text.slice(characters, place), 'utf8');
    characters = place;
    bytesAt.set(place, bytes);
  }
  const at = (place: number): number => bytesAt.get(place) ?? 0;
  return fields.map((field) => ({
    ...field,
    start: at(field.start),
    end: at(field.end),
    label: shownText(field.label, labelMax),
  }));
}

const stride = 512;
const lineFeed = 10;

/** Numbers lines from 1. Places may be asked for in any order: the lines before each few hundred characters are counted once. */
export class LineCounter {
  readonly #text: string;
  /** Line ends before each multiple of `stride`. */
  #before: Uint32Array | null = null;
  constructor(text: string) {
    this.#text = text;
  }
  at(place: number): number {
    this.#before ??= lineEnds(this.#text);
    const block = Math.floor(place / stride);
    return 1 + (this.#before[block] ?? 0) + endsIn(this.#text, block * stride, place);
  }
}

function lineEnds(text: string): Uint32Array {
  const before = new Uint32Array(Math.floor(text.length / stride) + 1);
  for (let block = 1; block < before.length; block += 1)
    before[block] = (before[block - 1] ?? 0) + endsIn(text, (block - 1) * stride, block * stride);
  return before;
}

function endsIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at) === lineFeed) count += 1;
  }
  return count;
}

export const spanAt = (start: number, length: number): Span => ({ start, end: start + length });
