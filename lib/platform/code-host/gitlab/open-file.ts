/** Bytes that GitLab gives out itself, or leads to another server for: the token goes to GitLab and nowhere else. */
import { CodeHostError } from '../error.ts';
import type { Download } from '../../page-fetch/index.ts';
import { refusalOf } from './errors.ts';

/** Of a project that was renamed: the host leads to itself first. */
const ownRedirectsMax = 3;

/** → an address on another server, to be asked without the token; or what GitLab itself sends. Rejects with CodeHostError. */
export async function openFile(asked: {
  readonly apiUrl: string;
  readonly path: string;
  readonly token: string;
  readonly timeoutMilliseconds: number;
  readonly idleMilliseconds: number;
}): Promise<string | Download> {
  const { apiUrl, path, token, timeoutMilliseconds, idleMilliseconds } = asked;
  const { origin } = new URL(apiUrl);
  let at = `${apiUrl}${path}`;
  for (let hops = 0; hops <= ownRedirectsMax; hops += 1) {
    const ending = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMilliseconds), ending.signal]);
    const response = await ask(at, { token, signal, idleMilliseconds, ending });
    const location = response.headers.get('location');
    if (response.status === 200 && response.body !== null && isPlain(response)) {
      return {
        headers: Object.fromEntries(response.headers),
        bytes: bytesOf(response.body, idleMilliseconds, ending),
        close: () => ending.abort(),
      };
    }
    await response.body?.cancel();
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null)
      throw refusalOf(response, `GET ${path}`, new Date());
    if (!URL.canParse(location, at))
      throw new CodeHostError('UNAVAILABLE', `GET ${path}: leads to no address`);
    const next = new URL(location, at);
    if (next.origin !== origin) return next.href;
    // What answers beside the API is no file of a job: a page to sign in, or another service behind the same proxy.
    if (!next.href.startsWith(`${apiUrl}/`))
      throw new CodeHostError('UNAVAILABLE', `GET ${path}: leads out of the API`);
    at = next.href;
  }
  throw new CodeHostError('UNAVAILABLE', `GET ${path}: redirects without end`);
}

/** As it lies there: bytes that `fetch` has unpacked are others. */
const isPlain = ({ headers }: Response): boolean =>
  (headers.get('content-encoding') ?? 'identity') === 'identity';

async function ask(
  address: string,
  {
    token,
    signal,
    idleMilliseconds,
    ending,
  }: {
    readonly token: string;
    readonly signal: AbortSignal;
    readonly idleMilliseconds: number;
    readonly ending: AbortController;
  },
): Promise<Response> {
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'countersign',
    authorization: `Bearer ${token}`,
  };
  const timer = setTimeout(() => ending.abort(), idleMilliseconds);
  try {
    return await fetch(address, { headers, signal, redirect: 'manual' });
  } catch (cause) {
    throw new CodeHostError('UNAVAILABLE', `GET ${new URL(address).pathname}: no answer`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function* bytesOf(
  body: ReadableStream<Uint8Array>,
  idleMilliseconds: number,
  ending: AbortController,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      // Only while it is waited for: a reader who takes its time isn't the sender's fault.
      const timer = setTimeout(() => ending.abort(), idleMilliseconds);
      let next;
      try {
        next = await reader.read();
      } catch (cause) {
        throw new CodeHostError('UNAVAILABLE', 'what GitLab sends broke off', { cause });
      } finally {
        clearTimeout(timer);
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    ending.abort();
  }
}
