/**
 * The client address of a call, for people who check how a token is used. Decides nothing. The listening program (server.ts)
 * sees the connection and writes the address into a header, from which routes read it. The header counts only with a random
 * mark of this process, so that nobody else can forge it.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { log } from '../log/index.ts';

const header = 'x-countersign-client-address';
/** Routes are bundled separately from the listening program, and share only the process with it. */
const holder = globalThis as typeof globalThis & { countersignClientMark?: string };

/**
 * → a function that records the client's address on an incoming request and returns it. `trustedProxies`: addresses and networks
 * (10.0.0.0/8) of one's own reverse proxies, whose X-Forwarded-For is believed; the last address there that is no such proxy is the
 * client.
 */
export function openClientAddresses(
  trustedProxies: readonly string[],
  /** Reported once for each proxy that isn't listed. */
  warn: (message: string) => void = (message) => log.warn(message),
): (request: IncomingMessage) => string | null {
  const trusted = listOf(trustedProxies);
  let told = false;
  const mark = (holder.countersignClientMark ??= randomUUID());
  return (request) => {
    const peer = plain(request.socket.remoteAddress ?? '');
    if (
      !told &&
      peer !== null &&
      request.headers['x-forwarded-for'] !== undefined &&
      // Next.js calls itself this way for the page that a form leads to.
      request.headers.rsc === undefined &&
      isUnlistedProxy(peer, trusted)
    ) {
      told = true;
      warn(
        `${peer} forwards requests of others, and trustedProxies doesn’t list it: they all count as one client. ` +
          `If it is your reverse proxy, set trustedProxies: [${peer}].`,
      );
    }
    const found = clientOf(request, trusted);
    request.headers[header] = found === null ? mark : `${mark} ${found}`;
    return found;
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The operator's own proxies; from anywhere else the header is unverified text. */
const within = listOf(['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1', 'fc00::/7']);

const isUnlistedProxy = (peer: string, trusted: BlockList): boolean =>
  within.check(peer, familyOf(peer)) && !trusted.check(peer, familyOf(peer));

/** null where it isn't known. */
export function clientAddressOf(headers: Headers): string | null {
  const [mark, address] = (headers.get(header) ?? '').split(' ');
  return mark === holder.countersignClientMark && address !== undefined ? address : null;
}

/** Whether a text names an address, or a network as address/bits. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32));
}

/** Whether an address, as it is noted, is one of this machine's own. */
export const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));

const forwardedMax = 50;

function clientOf(request: IncomingMessage, trusted: BlockList): string | null {
  let address = plain(request.socket.remoteAddress ?? '');
  const forwarded = [request.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .slice(-forwardedMax);
  while (address !== null && trusted.check(address, familyOf(address))) {
    const before = forwarded.pop();
    const next = before === undefined ? null : plain(before.trim());
    if (next === null) break;
    address = next;
  }
  return address;
}

/** An address as it is shown: IPv4 within IPv6 as IPv4, without port and brackets. null: none. */
function plain(text: string): string | null {
  const bare = /^\[([^\]]{1,60})\](?::\d{1,5})?$/.exec(text)?.[1] ?? text;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(bare)?.[1] ?? bare;
  const address = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(mapped)?.[1] ?? mapped;
  return isIP(address) === 0 ? null : address.toLowerCase();
}
