/** Which IP addresses belong to the public internet. What isn't known to be public is not. */
import { BlockList, isIP } from 'node:net';

type Subnet = readonly [network: string, prefix: number];

const reservedIpv4: readonly Subnet[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carriers' NAT, and a cloud's metadata service
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // registered as public, yet the host agent inside Azure
  ['169.254.0.0', 16], // link-local, and most clouds' metadata service
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays, withdrawn
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/**
 * Hosts live in 2000::/3 alone. That leaves out ::, ::1, mapped and compatible IPv4, 64:ff9b::/96, fc00::/7, fe80::/10 and
 * ff00::/8 without naming them.
 */
const hostsIpv6: readonly Subnet[] = [['2000::', 3]];
const reservedIpv6: readonly Subnet[] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: a tunnel to whatever IPv4 address is inside
  ['3fff::', 20], // documentation
];

const reserved4 = listOf(reservedIpv4, 'ipv4');
const hosts6 = listOf(hostsIpv6, 'ipv6');
const reserved6 = listOf(reservedIpv6, 'ipv6');
const loopback4 = listOf([['127.0.0.0', 8]], 'ipv4');

function listOf(subnets: readonly Subnet[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}

export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !reserved4.check(address, 'ipv4');
  // An address with a zone, fe80::1%eth0, means something on this machine only.
  if (version !== 6 || address.includes('%')) return false;
  return hosts6.check(address, 'ipv6') && !reserved6.check(address, 'ipv6');
}

export function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version === 4 ? loopback4.check(address, 'ipv4') : version === 6 && address === '::1';
}
