import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

/** There is no room for this upload now; there will be, after the time that the error names. */
export class UploadQuotaError extends ExplainedError<'UPLOAD_QUOTA_EXCEEDED'> {
  static override readonly errorName = 'UploadQuotaError';
  readonly retryAfterSeconds: number;
  constructor(
    explanation: Omit<Explanation<'UPLOAD_QUOTA_EXCEEDED'>, 'code'> & { readonly retryAfterSeconds: number },
  ) {
    super({ ...explanation, code: 'UPLOAD_QUOTA_EXCEEDED' });
    this.retryAfterSeconds = explanation.retryAfterSeconds;
  }
}

/** The project has used up what the foundation gives it. */
export class ProjectQuotaError extends ExplainedError<'STORAGE_QUOTA_EXCEEDED' | 'REQUEST_QUOTA_EXCEEDED'> {
  static override readonly errorName = 'ProjectQuotaError';
  /** null: waiting doesn't help. */
  readonly retryAfterSeconds: number | null;
  constructor(
    explanation: Explanation<'STORAGE_QUOTA_EXCEEDED' | 'REQUEST_QUOTA_EXCEEDED'> & {
      readonly retryAfterSeconds: number | null;
    },
  ) {
    super(explanation);
    this.retryAfterSeconds = explanation.retryAfterSeconds;
  }
}
