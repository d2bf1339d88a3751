/** Which part of a file is asked for (RFC 9110, section 14): one range of bytes, or all of it. */
import { BadRequest } from './problem.ts';

export interface Part {
  readonly start: number;
  /** The first byte after it. */
  readonly end: number;
}

/** null: all of it. Several ranges, and what can't be read as one, are answered with all of it, as the RFC allows. */
export function askedPart(request: Request, sizeBytes: number, etag: string): Part | null {
  const [, from, to] =
    /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/.exec(request.headers.get('range') ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  // A part of another file than the one whose beginning the caller has would be of no use.
  const condition = request.headers.get('if-range');
  if (condition !== null && condition !== etag) return null;
  const part = from === '' ? lastBytes(Number(to), sizeBytes) : between(Number(from), to, sizeBytes);
  if (part === null || part.start < part.end) return part;
  throw new BadRequest({
    code: 'RANGE_NOT_SATISFIABLE',
    message: `The file has ${sizeBytes} bytes, and none of them are in the range that was asked for.`,
    fix: 'Ask for a part that is there, or for all of it, without Range.',
    headers: { 'content-range': `bytes */${sizeBytes}` },
  });
}

const lastBytes = (count: number, sizeBytes: number): Part => ({
  start: Math.max(0, sizeBytes - count),
  end: sizeBytes,
});

/** null: it ends before it begins, which is no range. */
function between(start: number, last: string, sizeBytes: number): Part | null {
  if (last !== '' && Number(last) < start) return null;
  return { start, end: last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1) };
}
