/** Why an export isn't signed. The message says what to do. */
export class AuditError extends Error {
  readonly code: 'NO_LOG_KEY' | 'JOURNAL_BROKEN' | 'EXPORT_INVALID' | 'USAGE';
  constructor(code: AuditError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'AuditError';
    this.code = code;
  }
}
