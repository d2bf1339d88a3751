import type { ErrorFacts } from '#core/error/index.ts';
import { isError } from '#core/error/index.ts';
import { ArchiveError } from '../archive/index.ts';
import { FormatError } from '../format.ts';

export type CabErrorCode =
  'UNREADABLE' | 'ALREADY_SIGNED' | 'RESERVED' | 'SIGNATURE_INVALID' | 'TOO_LARGE' | 'DIFFERS';

/** A cabinet that can't be signed. `message` goes on after "The cabinet". */
export class CabError extends FormatError<CabErrorCode> {
  static override readonly errorName = 'CabError';
  constructor(code: CabErrorCode, message: string, fix: string, options?: ErrorFacts) {
    super(code, `The cabinet ${message}.`, fix, options);
  }
}

export const signUnsigned =
  'Submit the cabinet as it was before any signing; remove the old signature with `osslsigncode remove-signature`.';
export const replaceIt =
  'Write `existingSignature: replace`, or submit the cabinet as it was before that signature.';

/** What the reader throws, as signing says it. */
export async function reading<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (!isError(cause, ArchiveError)) throw cause;
    const at = cause.offset === null ? '' : ` (at byte ${cause.offset})`;
    throw new CabError('UNREADABLE', `can’t be read: ${cause.message}${at}`, cause.fix, { cause });
  }
}
