import { CodedError } from '#core/error/index.ts';

export type PeVersionErrorCode = 'OUT_OF_BOUNDS' | 'MALFORMED' | 'AMBIGUOUS' | 'TOO_MANY';

/** A version resource that can't be read, or that can be read in two ways. */
export class PeVersionError extends CodedError<PeVersionErrorCode> {
  static override readonly errorName = 'PeVersionError';
  /** Byte offset in the file, or in the version resource, of what is wrong. */
  readonly offset: number;
  /** What the maintainer can do about it. */
  readonly fix =
    'Compile the version resource again with an unchanged rc, windres or goversioninfo, and link the program again.';
  constructor(code: PeVersionErrorCode, offset: number, message: string) {
    super(code, message, { context: { offset } });
    this.offset = offset;
  }
}
