import { isIPv4, isIPv6 } from 'node:net';

/**
 * Address → the network that one household, company or attacker usually has: the /24 of an IPv4 address, the /48 of an IPv6 one (what
 * a site gets, RFC 6177). Counting single addresses would be pointless: an IPv6 subscriber has at least 2^64 of them. null: no
 * address.
 */
export function networkOf(address: string): string | null {
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(address)) return null;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end replaces two groups.
  const groupsAfter = after.length + (after.at(-1)?.includes('.') === true ? 1 : 0);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - groupsAfter);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 3);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`;
}
