import { CodedError } from '#core/error/index.ts';

export class ProcessBuildError extends CodedError<
  'BUILD_FAILED' | 'NOT_ALLOWED' | 'NOT_BUILT' | 'OUT_OF_DATE' | 'UNKNOWN_PROCESS'
> {
  static override readonly errorName = 'ProcessBuildError';
}
