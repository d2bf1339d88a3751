import type { ErrorFacts } from '#core/error/index.ts';
import { FormatError } from '../format.ts';

export type PeErrorCode =
  | 'NOT_PE'
  | 'TRUNCATED'
  | 'BAD_HEADER'
  | 'TOO_FEW_DIRECTORIES'
  | 'SECTION_OUT_OF_BOUNDS'
  | 'SECTION_OVERLAP'
  | 'CERTIFICATE_DIRECTORY_INVALID'
  | 'CERTIFICATE_TABLE_UNALIGNED'
  | 'CERTIFICATE_TABLE_OUT_OF_BOUNDS'
  | 'CERTIFICATE_TABLE_LENGTH'
  | 'CERTIFICATE_TABLE_TYPE'
  | 'CERTIFICATE_TABLE_ENTRIES'
  | 'CERTIFICATE_TABLE_TRAILING_DATA'
  | 'TRAILING_DATA_AFTER_TABLE'
  | 'ALREADY_SIGNED'
  | 'SIGNATURE_INVALID'
  | 'TOO_LARGE';

/** A file that can't be read, or signed, as a Windows program. */
export class PeError extends FormatError<PeErrorCode> {
  static override readonly errorName = 'PeError';
  /** Byte offset in the file of what is wrong. */
  readonly offset: number;
  constructor(code: PeErrorCode, offset: number, message: string, fix: string, options?: ErrorFacts) {
    super(code, `${message} (at byte ${offset})`, fix, { context: { offset }, ...options });
    this.offset = offset;
  }
}

/** The fixes that several checks share. */
export const rebuild = 'Build the program again and upload the file that the linker wrote, unchanged.';
export const replaceIt =
  'Write `existingSignature: replace`, or submit the program as it was before that signature.';
export const signUnsigned =
  'Submit the program as it was before any signing; remove the old signature with `osslsigncode remove-signature`.';
