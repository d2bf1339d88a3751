import type { ErrorFacts } from '#core/error/index.ts';
import { FormatError } from '../format.ts';

export type CfbErrorCode =
  | 'NOT_CFB'
  | 'BAD_HEADER'
  | 'TRUNCATED'
  | 'BAD_CHAIN'
  | 'OVERLAP'
  | 'BAD_ENTRY'
  | 'DUPLICATE_NAME'
  | 'TOO_LARGE';

/** A file that can't be read, or written, as a compound file. */
export class CfbError extends FormatError<CfbErrorCode> {
  static override readonly errorName = 'CfbError';
  /** Byte offset in the file of what is wrong. */
  readonly offset: number;
  constructor(
    code: CfbErrorCode,
    offset: number,
    message: string,
    fix: string = buildAgain,
    options?: ErrorFacts,
  ) {
    super(code, `${message} (at byte ${offset})`, fix, { context: { offset }, ...options });
    this.offset = offset;
  }
}

/** The fix that most refusals share. */
export const buildAgain = 'Build the file again and upload what the tool wrote, whole and unchanged.';
