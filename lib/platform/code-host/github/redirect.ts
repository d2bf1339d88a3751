/** Where GitHub leads for the bytes of something: asked with a token, which goes to GitHub itself and nowhere else. */
import { CodeHostError } from '../error.ts';
import { retryAtOf } from '../../github-client/index.ts';

const timeoutMilliseconds = 15_000;
/** Of a repository that was renamed: the host leads to itself first. */
const ownRedirectsMax = 3;

/** → an address on another server, to be asked without the token; null: gone. Rejects with CodeHostError. */
export async function redirectOf(asked: {
  readonly apiUrl: string;
  readonly path: string;
  readonly token: string | null;
}): Promise<string | null> {
  const { apiUrl, path, token } = asked;
  const { origin } = new URL(apiUrl);
  const headers = {
    accept: 'application/vnd.github+json',
    'user-agent': 'countersign',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  let at = `${apiUrl}${path}`;
  for (let hops = 0; hops <= ownRedirectsMax; hops += 1) {
    const response = await ask(at, headers);
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) {
      if (response.status === 410) return null;
      throw refusalOf(response, path);
    }
    if (!URL.canParse(location, at))
      throw new CodeHostError('UNAVAILABLE', `GET ${path}: leads to no address`);
    const next = new URL(location, at);
    if (next.origin !== origin) return next.href;
    at = next.href;
  }
  throw new CodeHostError('UNAVAILABLE', `GET ${path}: redirects without end`);
}

async function ask(address: string, headers: Record<string, string>): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    return await fetch(address, { headers, signal, redirect: 'manual' });
  } catch (cause) {
    throw new CodeHostError('UNAVAILABLE', `GET ${new URL(address).pathname}: no answer`, { cause });
  }
}

function refusalOf({ status, headers }: Response, path: string): CodeHostError {
  const say = `GET ${path}: ${status}`;
  const isLimited =
    status === 429 ||
    (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'));
  if (isLimited) {
    const retryAt = retryAtOf(Object.fromEntries(headers), new Date());
    return new CodeHostError('RATE_LIMITED', say, { retryAt });
  }
  if (status === 404 || status === 451) return new CodeHostError('NOT_FOUND', say);
  if (status === 401 || status === 403) return new CodeHostError('FORBIDDEN', say);
  return new CodeHostError('UNAVAILABLE', say);
}
