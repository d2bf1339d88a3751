/** Maps octokit's errors to the port's. */
import { isError } from '#core/error/index.ts';
import { retryAtOf } from '../../github-client/index.ts';
import { GitHostError } from '../error.ts';

/** GitHub: "wait at least one minute" where it names no time. */

interface Answered {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Reads the shape of @octokit/request-error, whose class may come from another copy of the package. */
export function answered(error: unknown): Answered | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  const response = 'response' in error ? error.response : undefined;
  const headers =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : undefined;
  return {
    status: error.status,
    message: error.message,
    headers:
      typeof headers === 'object' && headers !== null ? Object.fromEntries(Object.entries(headers)) : {},
  };
}

/** error, what was asked (for the message), now → a GitHostError. */
export function toGitHostError(error: unknown, asked: string, now: Date): GitHostError {
  if (isError(error, GitHostError)) return error;
  const answer = answered(error);
  if (answer === null) {
    const detail = error instanceof Error ? error.message : String(error);
    return new GitHostError('UNAUTHENTICATED', `${asked}: could not sign in as the app: ${detail}`, {
      cause: error,
    });
  }
  const { status, message } = answer;
  const context = { status, cause: error };
  const say = `${asked}: ${status} ${message.slice(0, 500)}`;
  if (isRateLimit(answer)) {
    return new GitHostError('RATE_LIMITED', say, { ...context, retryAt: retryAtOf(answer.headers, now) });
  }
  switch (status) {
    case 401:
      return new GitHostError('UNAUTHENTICATED', say, context);
    case 403:
    case 451:
      return new GitHostError('FORBIDDEN', say, context);
    case 404:
    case 410:
      return new GitHostError('NOT_FOUND', say, context);
    case 405:
    case 409:
      return new GitHostError('CONFLICT', say, context);
    default:
      if (status < 500) return new GitHostError('INVALID', say, context);
      return new GitHostError('UNAVAILABLE', say, {
        ...context,
        retryAt: answer.headers['retry-after'] === undefined ? null : retryAtOf(answer.headers, now),
      });
  }
}

/** Primary limits say `x-ratelimit-remaining: 0`, secondary ones `retry-after` or only words; both use 403 and 429. */
function isRateLimit({ status, message, headers }: Answered): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /rate limit/i.test(message)
  );
}
