/** What can go wrong between us and the host of projects' repositories. */
import { CodedError } from '#core/error/index.ts';

export type CodeHostErrorCode =
  /** No public repository, account or file of that name. */
  | 'NOT_FOUND'
  /** Asked too often. `retryAt` says when to come back. */
  | 'RATE_LIMITED'
  /** Whoever we ask as may not see it, or its sign-in has run out. */
  | 'FORBIDDEN'
  /** Still being worked out by the host: ask again in a while. */
  | 'NOT_READY'
  /** Down, slow, cut off, or an answer that can't be read. */
  | 'UNAVAILABLE';

export class CodeHostError extends CodedError<CodeHostErrorCode> {
  static override readonly errorName = 'CodeHostError';
  readonly retryAt: Date | null;
  constructor(
    code: CodeHostErrorCode,
    message: string,
    { retryAt = null, cause }: { readonly retryAt?: Date | null; readonly cause?: unknown } = {},
  ) {
    super(code, message, {
      cause,
      context: retryAt === null ? {} : { retryAt: retryAt.toISOString() },
    });
    this.retryAt = retryAt;
  }
}
