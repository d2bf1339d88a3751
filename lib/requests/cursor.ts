import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { RequestsError } from './error.ts';

/** The last row of a page: the next one starts strictly after it. Newest first, ties broken by id. */
export interface Cursor {
  readonly submittedAt: Date;
  readonly id: RequestId;
}

export function formatCursor(cursor: Cursor): string {
  return Buffer.from(`${cursor.submittedAt.toISOString()} ${cursor.id}`, 'utf8').toString('base64url');
}

/** Rejects whatever formatCursor didn't make. */
export function parseCursor(text: string): Cursor {
  const [time, id, ...rest] = Buffer.from(text.slice(0, 200), 'base64url').toString('utf8').split(' ');
  const submittedAt = new Date(time ?? '');
  try {
    if (rest.length > 0 || Number.isNaN(submittedAt.getTime())) throw new TypeError('not a time and an id');
    return { submittedAt, id: parseRequestId(id) };
  } catch (cause) {
    throw new RequestsError({
      code: 'CURSOR_INVALID',
      message: 'The cursor is not one that this portal gave out.',
      fix: 'Start again from the first page, without a cursor.',
      cause,
    });
  }
}
