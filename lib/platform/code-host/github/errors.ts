/** What octokit throws → what callers can act on. */
import { isError } from '#core/error/index.ts';
import { retryAtOf } from '../../github-client/index.ts';
import { CodeHostError } from '../error.ts';

/** From what octokit throws. `asked` is for the message. */
export function toCodeHostError(error: unknown, asked: string, now: Date): CodeHostError {
  if (isError(error, CodeHostError)) return error;
  const detail = error instanceof Error ? error.message.slice(0, 300) : String(error);
  const { status, headers } = shapeOf(error);
  const say = `${asked}: ${status === null ? detail : `${status} ${detail}`}`;
  const limited =
    status === 429 ||
    (status === 403 &&
      (headers['retry-after'] !== undefined ||
        headers['x-ratelimit-remaining'] === '0' ||
        /rate limit/i.test(detail)));
  if (limited)
    return new CodeHostError('RATE_LIMITED', say, { cause: error, retryAt: retryAtOf(headers, now) });
  if (status === 404 || status === 410 || status === 451)
    return new CodeHostError('NOT_FOUND', say, { cause: error });
  if (status === 401 || status === 403) return new CodeHostError('FORBIDDEN', say, { cause: error });
  return new CodeHostError('UNAVAILABLE', say, { cause: error });
}

/** The shape of @octokit/request-error, whose class may come from another copy of the package. */
function shapeOf(error: unknown): {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, unknown>>;
} {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') {
    return { status: null, headers: {} };
  }
  const response = 'response' in error ? error.response : undefined;
  const headers =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : null;
  return {
    status: error.status,
    headers: typeof headers === 'object' && headers !== null ? { ...headers } : {},
  };
}
