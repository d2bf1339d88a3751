/**
 * A name that a user typed → its IP addresses, asked of the system's name servers without a thread: the threads that look names up for
 * everything else (mail, the code host, the database) are two, and a name whose servers never answer would hold one for half a minute.
 */
import { Resolver } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

const timeoutMilliseconds = 2_000;
/** RFC 2606, RFC 6761: reserved names that lead nowhere, so they are not resolved. */
const reserved = /(?:^|\.)(?:example|invalid|test)$/i;
/** RFC 6761, section 6.3: never asked of a name server. */
const loopback = /(?:^|\.)localhost\.?$/i;

/** Those of the family that this machine has come first. `servers`: addresses with ports; left out: the system's. */
export async function resolveByDns(
  host: string,
  { servers }: { readonly servers?: readonly string[] } = {},
): Promise<readonly string[]> {
  if (reserved.test(host)) throw new Error(`${host} is reserved`);
  if (loopback.test(host)) return ['127.0.0.1'];
  const resolver = new Resolver({ timeout: timeoutMilliseconds, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const four = resolver.resolve4(host);
  const six = resolver.resolve6(host);
  const answers = await Promise.allSettled(hasIPv4() ? [four, six] : [six, four]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [first] = answers;
  if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
  return addresses;
}

const hasIPv4 = (): boolean =>
  Object.values(networkInterfaces()).some((all) =>
    all?.some(({ family, internal }) => family === 'IPv4' && !internal),
  );
