/** How a caller requests a revoked release nevertheless: a parameter of the artifact's address. */
export const despite = { name: 'despite', value: 'revoked' } as const;

/**
 * Whether the request says so. A browser has to come from this site's own warning: a link elsewhere, or one that was typed or
 * mailed, doesn't skip it (Fetch Metadata, W3C: programs that aren't browsers don't send the header).
 */
export function saysDespite(request: Pick<Request, 'url' | 'headers'>): boolean {
  if (new URL(request.url).searchParams.get(despite.name) !== despite.value) return false;
  const from = request.headers.get('sec-fetch-site');
  return from === null || from === 'same-origin';
}
