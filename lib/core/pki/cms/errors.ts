import { CodedError } from '#core/error/index.ts';
import { Asn1Error } from '../asn1/index.ts';

export type CmsErrorCode =
  | 'MALFORMED'
  | 'NOT_SIGNED_DATA'
  | 'SIGNER_COUNT'
  | 'ATTRIBUTE_DUPLICATE'
  | 'ALGORITHM_UNSUPPORTED'
  | 'DESCRIPTION_INVALID'
  | 'MESSAGE_DIGEST_MISMATCH'
  | 'CERTIFICATE_UNSUITABLE';

/** Bytes that aren't usable SignedData, or parts that can't be assembled into it. */
export class CmsError extends CodedError<CmsErrorCode> {
  static override readonly errorName = 'CmsError';
}

/** Runs a reader and reports what it finds wrong with the DER as MALFORMED, naming the structure. */
export function reading<T>(structure: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new CmsError('MALFORMED', `${structure} is malformed: ${cause.message}`, { cause });
  }
}
