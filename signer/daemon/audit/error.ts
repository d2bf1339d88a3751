import { CodedError } from '#core/error/index.ts';

/** An export can't be signed. The message says what to do. */
export class AuditError extends CodedError<'NO_LOG_KEY' | 'JOURNAL_BROKEN' | 'EXPORT_INVALID' | 'USAGE'> {
  static override readonly errorName = 'AuditError';
  constructor(code: AuditError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
