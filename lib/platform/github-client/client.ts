/** octokit with throttling, retries on 5xx and rate limits, and bounds on time and bytes; authentication is the caller's. */
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import type { ThrottlingOptions } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';

export interface GitHubTiming {
  /** How long one HTTP exchange may take. */
  readonly timeoutMilliseconds: number;
  /** A rate limit that ends within this time is waited for; a longer one is a RATE_LIMITED error. */
  readonly limitWaitSecondsMax: number;
  readonly retries: number;
  /** How long a second of waiting lasts. Tests make it shorter. */
  readonly secondMilliseconds: number;
  /** Leaves the time between writes that GitHub asks for (1 s; 3 s where people get notified). */
  readonly paced: boolean;
  readonly now: () => Date;
}

export const defaultTiming: GitHubTiming = {
  timeoutMilliseconds: 15_000,
  limitWaitSecondsMax: 20,
  retries: 3,
  secondMilliseconds: 1000,
  paced: true,
  now: () => new Date(),
};

const responseBytesMax = 8 * 1024 * 1024;
const limitRetriesMax = 2;
/** 405 and 409 mean that something moved, 429 belongs to the throttling: asking again at once helps none of them. */
const notWorthRetrying = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451];

const PatientOctokit = Octokit.plugin(throttling, retry);

/** `apiUrl`: https://api.github.com, or https://HOST/api/v3 of an Enterprise Server. */
export function createGitHubClient(input: {
  readonly apiUrl: string;
  /** octokit's own options; none: asks as nobody. */
  readonly signIn: Pick<ConstructorParameters<typeof Octokit>[0] & object, 'auth' | 'authStrategy'>;
  /** Clients with the same name share their rate limits. */
  readonly limitsOf: string;
  readonly timing: GitHubTiming;
}): Octokit {
  const { timing } = input;
  const worthWaiting = (retryAfterSeconds: number, retryCount: number): boolean =>
    retryAfterSeconds <= timing.limitWaitSecondsMax && retryCount < limitRetriesMax;
  const throttle: ThrottlingOptions = {
    id: `${input.apiUrl}/${input.limitsOf}`,
    retryAfterBaseValue: timing.secondMilliseconds,
    onRateLimit: (seconds, _options, _octokit, retryCount) => worthWaiting(seconds, retryCount),
    onSecondaryRateLimit: (seconds, _options, _octokit, retryCount) => worthWaiting(seconds, retryCount),
    ...(timing.paced ? {} : { write: unpaced, notifications: unpaced }),
  };
  return new PatientOctokit({
    baseUrl: input.apiUrl,
    userAgent: 'countersign',
    ...input.signIn,
    throttle,
    retry: {
      retries: timing.retries,
      retryAfterBaseValue: timing.secondMilliseconds,
      doNotRetry: notWorthRetrying,
    },
    request: { fetch: boundedFetch(timing.timeoutMilliseconds) },
    // Every failure becomes a typed error; octokit's own log output adds nothing.
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

const quiet = (): void => undefined;

/** What the throttling asks of a limiter, without a pause. */
const unpaced = {
  key: () => ({
    schedule: <Result>(_options: unknown, job: () => PromiseLike<Result>): PromiseLike<Result> => job(),
  }),
} as unknown as NonNullable<ThrottlingOptions['write']>;

const redirectsMax = 5;

/** Follows the host to where it has moved something, and nowhere else: what another server answers isn't the host's word. */
async function fetchFromOne(address: string, init: RequestInit): Promise<Response> {
  const { method = 'GET' } = init;
  const { origin } = new URL(address);
  for (let at = address, hops = 0; hops <= redirectsMax; hops += 1) {
    const response = await fetch(at, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, at);
    if (next.origin !== origin) throw new TypeError('the host redirects to another one');
    // The others would make a reading request of it (RFC 9110, section 15.4).
    if (method !== 'GET' && response.status < 307)
      throw new TypeError('the host redirects what was to be written');
    at = next.href;
  }
  throw new TypeError('the host redirects without end');
}

/** fetch that gives up after a time and cuts an answer off (then unreadable: PARTIAL) beyond 8 MiB. */
export function boundedFetch(timeoutMilliseconds: number): typeof fetch {
  return async (resource, init) => {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const address = resource instanceof Request ? resource.url : resource.toString();
    const response = await fetchFromOne(address, { ...init, signal });
    if (response.body === null) return response;
    let bytes = 0;
    const limit = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > responseBytesMax) controller.error(new RangeError('the answer is larger than 8 MiB'));
        else controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(limit), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}
