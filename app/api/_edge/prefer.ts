/** How long a caller would wait for news (RFC 7240, `Prefer: wait=N`). */
const secondsMax = 60;

/** In seconds, and no more than this portal holds a call; null: not at all. A preference that can't be read is none. */
export function preferredWait(request: Request): number | null {
  const found = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=$|[,;])/i.exec(
    request.headers.get('prefer') ?? '',
  )?.[1];
  if (found === undefined || Number(found) === 0) return null;
  return Math.min(Number(found), secondsMax);
}
