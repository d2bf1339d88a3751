/**
 * Where an address that a user typed leads. The host is resolved once, all of its addresses have to be public, and the connection
 * goes to the address that was checked: a later DNS answer changes nothing (DNS rebinding).
 */
import type { RequestOptions } from 'node:http';
import { isIP } from 'node:net';
import { isError } from '#core/error/index.ts';
import { fetchError, PageFetchError } from './error.ts';
import { isPublicAddress } from './public-address.ts';

/** Host name → its IP addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface PlaceLimits {
  /** For development and tests: pages of this machine, over http, on any port. */
  readonly allowLoopback: boolean;
  readonly resolve: Resolve;
  readonly ports: readonly number[];
}

export interface Place {
  readonly url: URL;
  /** The one that was checked, and that is connected to. */
  readonly address: string;
}

export const httpsPort = 443;
const addressCharactersMax = 2_000;

export const short = (url: string): string => url.slice(0, 200);

export const timedOut = (what: string): PageFetchError =>
  fetchError('TIMEOUT', `${short(what)} took too long.`, 'Try again later.');

/** Rejects with PageFetchError. */
export async function placeOf(text: string, limits: PlaceLimits, deadline: AbortSignal): Promise<Place> {
  const refuse = (why: string): PageFetchError =>
    fetchError('ADDRESS_REFUSED', `${short(text)}: ${why}.`, 'Give a public https:// address.');
  if (!URL.canParse(text) || text.length > addressCharactersMax) throw refuse('it is not a valid address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refuse('it contains a user name or password');
  if (url.protocol !== 'https:' && !(limits.allowLoopback && url.protocol === 'http:')) {
    throw refuse('only https is allowed');
  }
  // The URL parser has turned 127.1, 0x7f000001 and the like into dotted numbers.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host) !== 0;
  const addresses = literal ? [host] : await resolved(host, limits, deadline);
  const [address] = addresses;
  if (address === undefined) {
    throw fetchError('NOT_RESOLVED', `${host.slice(0, 200)} has no address.`, 'Check the name.');
  }
  if (limits.allowLoopback && addresses.every(isLoopback)) return { url, address };
  if (url.protocol !== 'https:') throw refuse('only https is allowed');
  if (literal) throw refuse('it names no host');
  if (!limits.ports.includes(url.port === '' ? httpsPort : Number(url.port))) {
    throw refuse(
      limits.ports.length === 1
        ? 'only the default port is allowed'
        : `only the ports ${limits.ports.join(', ')} are allowed`,
    );
  }
  if (!addresses.every(isPublicAddress)) throw refuse('it leads to an address that isn’t public');
  return { url, address };
}

/** Connects to the checked address, whatever the host's name resolves to by now. */
export const pinnedTo = (address: string): Pick<RequestOptions, 'lookup' | 'agent'> => ({
  // Connections of a shared agent could have been made to another address.
  agent: false,
  lookup: (_host, asked, callback) => {
    const family = isIP(address);
    if (asked.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  },
});

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

async function resolved(
  host: string,
  { resolve }: PlaceLimits,
  deadline: AbortSignal,
): Promise<readonly string[]> {
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener('abort', () => reject(timedOut(host)), { once: true });
  });
  // A late rejection may have no listener any more.
  late.catch(() => undefined);
  try {
    return await Promise.race([resolve(host), late]);
  } catch (error) {
    if (isError(error, PageFetchError)) throw error;
    throw fetchError('NOT_RESOLVED', `${host.slice(0, 200)} can’t be found.`, 'Check the name.', error);
  }
}
