/** Maps octokit's errors to the port's. */
import { isError } from '#core/error/index.ts';
import { answered, isRateLimit, retryAtOf } from '../../github-client/index.ts';
import { GitHostError } from '../error.ts';

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
