/**
 * Limits how much is rendered for one network. Answers from the page cache cost nothing and aren't counted; unknown query
 * strings, invalid cookies, HEAD requests and enumerated ids miss the cache, and are counted.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isError } from '#core/error/index.ts';
import type { Database } from '../db/index.ts';
import { problemKind, problemType } from '../problems/index.ts';
import { openRateLimit, RateLimitError } from './rate-limit.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Files of the build, and what operators' programs ask for: cheap. */
const free = /^\/(?:_next\/static\/|icon\.svg|healthz(?:\?|$)|readyz(?:\?|$)|metrics(?:\?|$))/;

/** → a handler that answers 429 beyond so many answers of `handler` a minute. `networkOf`: the network to count; null: no limit. */
export function limitReading(
  handler: Handler,
  options: {
    readonly perMinute: number;
    readonly networkOf: (request: IncomingMessage) => string | null;
    /** Where portals count together; null: not open yet. */
    readonly database?: () => Database | null;
  },
): Handler {
  const limit = openRateLimit({ name: 'pages read', points: options.perMinute, seconds: 60 });
  return async (request, response) => {
    const network = isReading(request) ? options.networkOf(request) : null;
    if (network !== null) {
      try {
        await limit.count(options.database?.() ?? null, network);
      } catch (error) {
        if (!isError(error, RateLimitError)) throw error;
        refuse(request, response, error.retryAfterSeconds);
        return;
      }
    }
    await handler(request, response);
  };
}

/** Submissions have limits of their own, by sender. */
const isReading = ({ method, url = '' }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') && !free.test(url);

function refuse(request: IncomingMessage, response: ServerResponse, retryAfterSeconds: number): void {
  const fix = `Wait ${retryAfterSeconds} seconds, then ask again.`;
  const detail = 'Your network sent too many requests in a short time.';
  const { title, status } = problemKind('TOO_OFTEN');
  const isApi = request.url?.startsWith('/api/') === true;
  const body = isApi
    ? JSON.stringify({
        type: problemType('TOO_OFTEN'),
        title,
        status,
        code: 'TOO_OFTEN',
        detail,
        fix,
      })
    : `${detail} ${fix}`;
  response.writeHead(status, {
    'content-type': isApi ? 'application/problem+json' : 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': String(retryAfterSeconds),
  });
  response.end(request.method === 'HEAD' ? undefined : `${body}\n`);
}
