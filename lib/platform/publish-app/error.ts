import { CodedError, isError } from '#core/error/index.ts';
import { answered, isRateLimit, retryAtOf } from '../github-client/index.ts';

export type PublishAppErrorCode =
  /** The app isn't installed there (any more), suspended, or lacks a permission. */
  | 'NOT_INSTALLED'
  /** The host takes no answer of this app for that job: it waits for nobody, or for another rule. */
  | 'NOT_TAKEN'
  | 'RATE_LIMITED'
  /** Down, slow, or answering what isn't whole. Nothing is known. */
  | 'UNAVAILABLE';

export class PublishAppError extends CodedError<PublishAppErrorCode> {
  static override readonly errorName = 'PublishAppError';
  /** Of the host's answer; null: there was none. */
  readonly status: number | null;
  /** When asking again may help; null: nobody said. */
  readonly retryAt: Date | null;
  constructor(
    code: PublishAppErrorCode,
    message: string,
    more: { readonly status?: number | null; readonly retryAt?: Date | null; readonly cause?: unknown } = {},
  ) {
    super(code, message, { cause: more.cause });
    this.status = more.status ?? null;
    this.retryAt = more.retryAt ?? null;
  }
}

/** octokit's error → ours. `refused`: what a 403, 404 or 422 means there. */
export function toPublishAppError(
  error: unknown,
  asked: string,
  now: Date,
  refused: 'NOT_INSTALLED' | 'NOT_TAKEN',
): PublishAppError {
  if (isError(error, PublishAppError)) return error;
  const answer = answered(error);
  if (answer === null) {
    const detail = error instanceof Error ? error.message : String(error);
    return new PublishAppError('UNAVAILABLE', `${asked}: ${detail.slice(0, 300)}`, { cause: error });
  }
  const { status, message, headers } = answer;
  const said = `${asked}: ${status} ${message.slice(0, 300)}`;
  const more = { status, cause: error };
  if (isRateLimit(answer))
    return new PublishAppError('RATE_LIMITED', said, { ...more, retryAt: retryAtOf(headers, now) });
  if (status === 401) return new PublishAppError('NOT_INSTALLED', said, more);
  if ([403, 404, 410, 422].includes(status)) return new PublishAppError(refused, said, more);
  return new PublishAppError('UNAVAILABLE', said, more);
}
