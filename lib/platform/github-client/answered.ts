/** What GitHub answered where octokit throws. */

export interface Answered {
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

/** Primary limits say `x-ratelimit-remaining: 0`, secondary ones `retry-after` or only words; both use 403 and 429. */
export function isRateLimit({ status, message, headers }: Answered): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /rate limit/i.test(message)
  );
}
