export type ArtifactErrorCode = 'TOO_MANY_ELEMENTS' | 'UNKNOWN_ELEMENT' | 'UNSUPPORTED' | 'PARAMETER_INVALID';

/** A configuration that can't be compiled; `configurationProblems` says the same with places and fixes. */
export class ArtifactError extends Error {
  readonly code: ArtifactErrorCode;
  constructor(code: ArtifactErrorCode, message: string) {
    super(message);
    this.name = 'ArtifactError';
    this.code = code;
  }
}
