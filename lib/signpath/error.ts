import { ExplainedError } from '../platform/http/index.ts';

type SignPathErrorCode =
  'OTHER_CONFIGURATION' | 'OTHER_REPOSITORY' | 'STILL_FETCHING' | 'NOT_RELEASED' | 'UNKNOWN_REQUEST';

export class SignPathError extends ExplainedError<SignPathErrorCode> {
  static override readonly errorName = 'SignPathError';
}
