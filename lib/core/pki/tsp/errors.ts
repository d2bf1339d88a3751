import { CodedError } from '#core/error/index.ts';
import { Asn1Error } from '../asn1/index.ts';
import { CmsError } from '../cms/index.ts';

export type TspErrorCode =
  | 'MALFORMED'
  | 'ALGORITHM_UNSUPPORTED'
  | 'EXTENSION_UNSUPPORTED'
  | 'REFUSED'
  | 'NOT_A_TIMESTAMP'
  | 'IMPRINT_MISMATCH'
  | 'NONCE_MISMATCH'
  | 'SIGNATURE_INVALID'
  | 'CERTIFICATE_MISMATCH'
  | 'CERTIFICATE_UNTRUSTED'
  | 'TIME_IMPLAUSIBLE';

/** Bytes that aren't an RFC 3161 message, or a timestamp that can't be relied on. */
export class TspError extends CodedError<TspErrorCode> {
  static override readonly errorName = 'TspError';
}

/** Runs a reader and reports malformed DER or CMS as MALFORMED, naming the structure. */
export function reading<T>(structure: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Asn1Error) && !(cause instanceof CmsError)) throw cause;
    throw new TspError('MALFORMED', `${structure} is malformed: ${cause.message}`, { cause });
  }
}
