/** Which IP addresses are on the public internet: everything that IANA's special-purpose registries don't reserve. */
import { BlockList, isIP } from 'node:net';

const reserved = new BlockList();
const ranges4: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Registered as public, yet used for metadata services of cloud machines.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
for (const [address, bits] of ranges4) reserved.addSubnet(address, bits, 'ipv4');

/** Global unicast is 2000::/3; inside it, what tunnels to IPv4 or is for documentation is no server's address. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
const ranges6: readonly (readonly [address: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
const reserved6 = new BlockList();
for (const [address, bits] of ranges6) reserved6.addSubnet(address, bits, 'ipv6');

export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !reserved.check(address, 'ipv4');
  // A zone (fe80::1%eth0) makes it local by itself.
  if (version !== 6 || address.includes('%')) return false;
  return global6.check(address, 'ipv6') && !reserved6.check(address, 'ipv6');
}
