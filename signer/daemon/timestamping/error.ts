import { CodedError } from '#core/error/index.ts';

export type TimestampErrorCode = 'NO_AUTHORITY' | 'ALL_FAILED';

/** What one authority answered, in words for the operator. */
export interface TimestampAttempt {
  readonly url: string;
  readonly problem: string;
}

/** No authority of the list gave a timestamp that verifies. */
export class TimestampError extends CodedError<TimestampErrorCode> {
  static override readonly errorName = 'TimestampError';
  readonly attempts: readonly TimestampAttempt[];
  constructor(code: TimestampErrorCode, attempts: readonly TimestampAttempt[]) {
    const answers = attempts.map((attempt) => `${attempt.url}: ${attempt.problem}`).join('; ');
    super(
      code,
      code === 'NO_AUTHORITY' ? 'no timestamp authority is configured: add one to timestamp.urls' : answers,
    );
    this.attempts = attempts;
  }
}
