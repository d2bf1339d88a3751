import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';

export type Asn1ErrorCode =
  | 'TRUNCATED'
  | 'TRAILING_DATA'
  | 'TAG_INVALID'
  | 'LENGTH_INDEFINITE'
  | 'LENGTH_NOT_MINIMAL'
  | 'LENGTH_TOO_LARGE'
  | 'TOO_LARGE'
  | 'TOO_DEEP'
  | 'TOO_MANY_ELEMENTS'
  | 'FORM_INVALID'
  | 'VALUE_INVALID'
  | 'TYPE_UNEXPECTED'
  | 'VALUE_UNREPRESENTABLE';

/** Bytes that aren't DER, or a value that DER can't represent. */
export class Asn1Error extends CodedError<Asn1ErrorCode> {
  static override readonly errorName = 'Asn1Error';
  /** Byte offset from the start of what readDer was given; null when writing. */
  readonly offset: number | null;
  constructor(code: Asn1ErrorCode, offset: number | null, message: string, options?: ErrorFacts) {
    super(code, offset === null ? message : `${message} (at byte ${offset})`, {
      context: { offset },
      ...options,
    });
    this.offset = offset;
  }
}
