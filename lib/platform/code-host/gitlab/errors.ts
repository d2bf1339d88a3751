/** What GitLab refuses → what callers can act on. */
import { retryAtOf } from '../../github-client/index.ts';
import { CodeHostError } from '../error.ts';

/** `asked` is for the message. GitLab's own limits come with `ratelimit-…`, those of a proxy before it with `retry-after`. */
export function refusalOf({ status, headers }: Response, asked: string, now: Date): CodeHostError {
  const say = `${asked}: ${status}`;
  if (status === 429) {
    const told = {
      'retry-after': headers.get('retry-after') ?? undefined,
      'x-ratelimit-remaining': headers.get('ratelimit-remaining') ?? undefined,
      'x-ratelimit-reset': headers.get('ratelimit-reset') ?? undefined,
    };
    return new CodeHostError('RATE_LIMITED', say, { retryAt: retryAtOf(told, now) });
  }
  if (status === 404 || status === 410 || status === 451) return new CodeHostError('NOT_FOUND', say);
  if (status === 401 || status === 403) return new CodeHostError('FORBIDDEN', say);
  return new CodeHostError('UNAVAILABLE', say);
}
