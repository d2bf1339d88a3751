/** What can go wrong between us and a Git host, in terms a caller can act on. */
import { CodedError } from '#core/error/index.ts';

export type GitHostErrorCode =
  /** Asked too often. `retryAt` says when to come back; until then no call leaves the process. */
  | 'RATE_LIMITED'
  /** Down, slow or answering with 5xx. Nothing is known; try later. */
  | 'UNAVAILABLE'
  /** Something moved meanwhile (head, base, branch) or can't be merged. Read again, then decide again. */
  | 'CONFLICT'
  | 'NOT_FOUND'
  /** Known who we are, not allowed: a permission or the installation is missing. */
  | 'FORBIDDEN'
  /** Not known who we are: key, app or installation don't fit. */
  | 'UNAUTHENTICATED'
  /** The answer was cut off, lacks fields or is longer than we read. Never treated as the whole. */
  | 'PARTIAL'
  /** The host won't take the request as it is, or we won't send it. */
  | 'INVALID'
  /** The name now belongs to another repository than the one configured by numeric id. */
  | 'WRONG_REPOSITORY';

export class GitHostError extends CodedError<GitHostErrorCode> {
  static override readonly errorName = 'GitHostError';
  /** When asking again may help; null where time doesn't. */
  readonly retryAt: Date | null;
  /** HTTP status, where there was an answer. */
  readonly status: number | null;
  constructor(
    code: GitHostErrorCode,
    message: string,
    {
      retryAt = null,
      status = null,
      cause,
    }: {
      readonly retryAt?: Date | null;
      readonly status?: number | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, message, { cause, context: { status, retryAt: retryAt?.toISOString() ?? null } });
    this.retryAt = retryAt;
    this.status = status;
  }
}
