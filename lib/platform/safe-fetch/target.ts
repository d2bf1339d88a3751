/** From the text of an address to the IP addresses that a connection may go to, or a refusal. */
import { isIP } from 'node:net';
import { beforeAbort } from './deadline.ts';
import { SafeFetchError, shown } from './error.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export interface Target {
  readonly url: URL;
  /** Every one of them was looked at; the connection goes to one of them and asks no name server again. */
  readonly addresses: readonly string[];
}

export interface TargetRules {
  readonly allowLoopback: boolean;
  readonly resolve: (host: string) => Promise<readonly string[]>;
}

const urlCharactersMax = 2_048;
const hostCharactersMax = 253;
const addressesTriedMax = 4;

export async function findTarget(text: string, rules: TargetRules, signal: AbortSignal): Promise<Target> {
  const url = parse(text, rules);
  // The URL parser has already turned 127.1, 0x7f000001 and 2130706433 into 127.0.0.1.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isLiteral = isIP(host) !== 0;
  const addresses = isLiteral ? [host] : await resolveHost(host, rules, signal);
  if (!(rules.allowLoopback && addresses.every(isLoopbackAddress))) {
    const why = whyNotPublic(url, isLiteral, addresses);
    if (why !== null) throw refusal(text, why);
  }
  return { url, addresses: addresses.slice(0, addressesTriedMax) };
}

function parse(text: string, rules: TargetRules): URL {
  const url = text.length <= urlCharactersMax ? URL.parse(text) : null;
  if (url === null) throw refusal(text, 'this is no address of a page');
  const schemes = rules.allowLoopback ? ['https:', 'http:'] : ['https:'];
  if (!schemes.includes(url.protocol)) throw refusal(text, 'only https is fetched');
  if (url.username !== '' || url.password !== '') throw refusal(text, 'it carries a name or a password');
  if (url.hostname.length > hostCharactersMax) throw refusal(text, 'its host name is too long');
  return url;
}

function whyNotPublic(url: URL, isLiteral: boolean, addresses: readonly string[]): string | null {
  if (isLiteral) return 'it has a number where the name of a host belongs';
  if (url.protocol !== 'https:') return 'only https is fetched';
  if (url.port !== '') return 'only the usual port of https, 443, is fetched';
  return addresses.every(isPublicAddress) ? null : 'its host has an address outside the public internet';
}

async function resolveHost(
  host: string,
  rules: TargetRules,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const addresses = await beforeAbort(ask(host, rules), signal, () =>
    timeout(`Looking up ${shown(host)} took too long.`),
  );
  if (addresses.length === 0) throw notResolved(host);
  return addresses;
}

async function ask(host: string, rules: TargetRules): Promise<readonly string[]> {
  try {
    return await rules.resolve(host);
  } catch (error) {
    throw notResolved(host, error);
  }
}

const notResolved = (host: string, cause?: unknown): SafeFetchError =>
  new SafeFetchError({
    code: 'NOT_RESOLVED',
    message: `The host ${shown(host)} has no address in DNS.`,
    fix: 'Check how the name is spelled, and that its DNS entry is public.',
    cause,
  });

const refusal = (text: string, why: string): SafeFetchError =>
  new SafeFetchError({
    code: 'ADDRESS_REFUSED',
    message: `${shown(text)} isn’t fetched: ${why}.`,
    fix: 'Give the https:// address of a page that everybody can open.',
  });

export const timeout = (message: string): SafeFetchError =>
  new SafeFetchError({
    code: 'TIMEOUT',
    message,
    fix: 'Try again later, or give a page that answers sooner.',
  });

export const downgrade = (from: URL, to: string): SafeFetchError =>
  refusal(to, `${shown(from.href)} redirects there from https, and it isn’t https`);
