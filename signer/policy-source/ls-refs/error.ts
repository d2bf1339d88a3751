import { CodedError } from '#core/error/index.ts';

export type LsRefsErrorCode = 'PACKET' | 'REF' | 'STATUS' | 'CONTENT_TYPE' | 'TOO_LONG' | 'NO_ANSWER';

/** Why a Git host's own answer says nothing. Messages have no byte of an answer or of an address. */
export class LsRefsError extends CodedError<LsRefsErrorCode> {
  static override readonly errorName = 'LsRefsError';
}
