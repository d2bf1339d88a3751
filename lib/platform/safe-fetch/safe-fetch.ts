/**
 * Fetching a page whose address a stranger typed. A host is resolved once, all of its addresses have to be public, and the
 * connection goes to what was looked at, so a second answer of DNS changes nothing. Each redirect starts from the beginning.
 */
import { lookup } from 'node:dns/promises';
import type { SafePage } from './answer.ts';
import { SafeFetchError, shown } from './error.ts';
import { exchange } from './exchange.ts';
import { downgrade, findTarget } from './target.ts';

export interface SafeFetchOptions {
  /** For development and tests: pages of this machine, by http too, on any port. */
  readonly allowLoopback: boolean;
  /** For the whole exchange: name servers, redirects, body. */
  readonly timeoutMilliseconds?: number;
  readonly bytesMax?: number;
  readonly redirectsMax?: number;
  /** Host name → its IP addresses; by default the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export type SafeFetch = (url: string) => Promise<SafePage>;

const resolveBySystem = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** What it returns rejects with SafeFetchError, whatever the other side does. */
export function openSafeFetch(options: SafeFetchOptions): SafeFetch {
  const { timeoutMilliseconds = 10_000, bytesMax = 2 * 1024 * 1024, redirectsMax = 5 } = options;
  const rules = { allowLoopback: options.allowLoopback, resolve: options.resolve ?? resolveBySystem };
  return async (url) => {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    let target = await findTarget(url, rules, signal);
    for (let redirects = 0; redirects <= redirectsMax; redirects++) {
      const answer = await exchange(target, bytesMax, signal);
      if (answer.kind === 'page') return answer.page;
      if (target.url.protocol === 'https:' && !answer.location.startsWith('https:')) {
        throw downgrade(target.url, answer.location);
      }
      // The last redirect allowed leads nowhere new: no name server is asked in vain.
      if (redirects < redirectsMax) target = await findTarget(answer.location, rules, signal);
    }
    throw new SafeFetchError({
      code: 'TOO_MANY_REDIRECTS',
      message: `${shown(url)} redirects more than ${redirectsMax} times.`,
      fix: 'Give the address at which the redirects end.',
    });
  };
}
