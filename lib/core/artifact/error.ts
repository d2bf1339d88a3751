import { CodedError } from '#core/error/index.ts';

export type ArtifactErrorCode =
  'TOO_MANY_ELEMENTS' | 'UNKNOWN_ELEMENT' | 'UNSUPPORTED' | 'PARAMETER_INVALID' | 'PARAMETER_MISSING';

/** A configuration that can't be compiled; `configurationProblems` says the same with places and fixes. */
export class ArtifactError extends CodedError<ArtifactErrorCode> {
  static override readonly errorName = 'ArtifactError';
}
