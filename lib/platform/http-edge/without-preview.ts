import type { IncomingHttpHeaders } from 'node:http';

/** What Next.js takes for a visitor with the keys of its preview mode, which the portal doesn't use. */
const header = 'x-prerender-revalidate';
const cookie = /^(?:__prerender_bypass|__next_preview_data)$/;

/**
 * Takes out of a request whatever asks for previews, or for pages to be rendered anew. The keys to that stand in the portal's build, and
 * builds that are given away are the same everywhere: everybody knows them.
 */
export function dropPreview(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) if (name.startsWith(header)) Reflect.deleteProperty(headers, name);
  if (headers.cookie === undefined) return;
  const kept = headers.cookie.split(';').filter((pair) => !cookie.test(pair.split('=', 1)[0]?.trim() ?? ''));
  if (kept.length === 0) delete headers.cookie;
  else headers.cookie = kept.join(';').trim();
}
