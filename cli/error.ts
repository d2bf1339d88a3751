import { CodedError } from '#core/error/index.ts';

/** Errors for people at a terminal: one message with its fix. What the portal's client throws are ClientErrors. */
export class CliError extends CodedError<
  'USAGE' | 'REFUSED' | 'UNAVAILABLE' | 'MISMATCH' | 'DENIED' | 'TIMEOUT'
> {
  static override readonly errorName = 'CliError';
  constructor(code: CliError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
