export class ProcessBuildError extends Error {
  readonly code: 'BUILD_FAILED' | 'NOT_ALLOWED' | 'NOT_BUILT' | 'OUT_OF_DATE' | 'UNKNOWN_PROCESS';
  constructor(code: ProcessBuildError['code'], message: string) {
    super(message);
    this.name = 'ProcessBuildError';
    this.code = code;
  }
}
