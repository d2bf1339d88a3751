/**
 * How long an answer of a route is. Next.js removes Content-Length from what routes answer (its body may have been unpacked on the
 * way), so it is said a second time, under a name that the portal's own server takes off again (lib/platform/http-edge).
 */
export const lengthHeader = 'x-countersign-length';

/** Headers of an answer of so many bytes. */
export const sized = (sizeBytes: number): Readonly<Record<string, string>> => ({
  'content-length': String(sizeBytes),
  [lengthHeader]: String(sizeBytes),
});

/** An answer whose bytes are all there: it says how many they are, so that whoever gets fewer knows. */
export function wholeResponse(
  body: string | Uint8Array,
  init: { readonly status?: number; readonly headers?: HeadersInit } = {},
): Response {
  const bytes = new Uint8Array(typeof body === 'string' ? new TextEncoder().encode(body) : body);
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(sized(bytes.byteLength))) headers.set(name, value);
  if (typeof body === 'string' && !headers.has('content-type'))
    headers.set('content-type', 'text/plain; charset=utf-8');
  return new Response(bytes, { status: init.status ?? 200, headers });
}
