/**
 * Web Key Directory (draft-koch-openpgp-webkey-service §3.1): `/.well-known/openpgpkey/hu/HASH` and, at openpgpkey.DOMAIN,
 * `/.well-known/openpgpkey/DOMAIN/hu/HASH`, with a `policy` beside each `hu`. next.config.mjs leads here.
 */
import { openWebKeys, servedDomain } from '../../../lib/certificates/index.ts';
import { wholeResponse } from '../../../lib/platform/http/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';

/** Programs in other pages may read what everybody may. */
const headers = { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' };

export async function GET(
  _request: Request,
  context: { params: Promise<{ path: readonly string[] }> },
): Promise<Response> {
  const { path } = await context.params;
  const ctx = currentPortal();
  const asked = addressOf(path);
  if (asked?.name === null && servedDomain(ctx, asked.domain) !== null)
    // §4.5: nothing of a policy applies, and the file says that there is a directory.
    return wholeResponse('', { headers: { ...headers, 'content-type': 'text/plain' } });
  const name = asked?.name ?? null;
  const keys =
    name === null ? null : await openWebKeys({ ctx, input: { name, domain: asked?.domain ?? null } });
  if (keys === null) return wholeResponse('There is no key at this address.\n', { status: 404 });
  return wholeResponse(keys, {
    headers: { ...headers, 'content-type': 'application/octet-stream' },
  });
}

/** `name` null: the policy. null: no address of a directory. */
function addressOf(
  path: readonly string[],
): { readonly domain: string | null; readonly name: string | null } | null {
  const [, domain = null, rest] =
    /^(?:([a-z0-9.-]{1,190})\/)?(policy|hu\/[a-z0-9]{32})$/i.exec(path.join('/')) ?? [];
  if (rest === undefined) return null;
  return { domain, name: rest === 'policy' ? null : rest.slice(3) };
}
