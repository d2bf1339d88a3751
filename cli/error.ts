/** What went wrong, for people at a terminal: one message, one way to mend it. */
export class CliError extends Error {
  readonly code: 'USAGE' | 'REFUSED' | 'UNREACHABLE' | 'MISMATCH' | 'DENIED' | 'TIMEOUT';
  constructor(code: CliError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CliError';
    this.code = code;
  }
}
