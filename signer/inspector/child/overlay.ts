/** What follows a program in its file, of which something was opened: whether that is all. */
import { isZero } from '#core/formats/archive/index.ts';
import { signatureStart } from '#core/formats/inside/index.ts';
import { readChunks, type RandomAccessSource } from '#core/formats/random-access.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is recorded while a file is opened. */
export interface Accounted {
  readonly source: RandomAccessSource;
  /** Where what follows the program begins; null: it is no program. */
  readonly overlay: number | null;
  /** Bytes that somebody has read to the end. */
  readonly ranges: Range[];
}

/** The first bytes behind the program that belong to nothing that was opened, are no padding and no signature of the program; null: there are none. */
export async function unaccounted({ source, overlay, ranges }: Accounted): Promise<Range | null> {
  if (overlay === null) return null;
  const end = await signatureStart(source);
  let at = overlay;
  const inOrder = [...ranges].sort((one, other) => one.start - other.start);
  for (const range of [...inOrder, { start: end, end }]) {
    const gap = { start: at, end: Math.min(range.start, end) };
    if (gap.start < gap.end && !(await isPadding(source, gap))) return gap;
    at = Math.max(at, range.end);
  }
  return null;
}

async function isPadding(source: RandomAccessSource, { start, end }: Range): Promise<boolean> {
  for await (const chunk of readChunks(source, start, end)) if (!isZero(chunk)) return false;
  return true;
}
