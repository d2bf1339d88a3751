import { ExplainedError } from '../platform/http/index.ts';

type SamplesErrorCode =
  | 'NOT_ALLOWED'
  | 'ARTIFACT_TOO_LARGE'
  | 'IDENTIFIER_INVALID'
  | 'PARAMETERS_INVALID'
  | 'SAMPLES_WAITING'
  | 'UNKNOWN_SAMPLE'
  | 'UNKNOWN_PROJECT';

export class SamplesError extends ExplainedError<SamplesErrorCode> {
  static override readonly errorName = 'SamplesError';
}
