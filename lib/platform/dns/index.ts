/** TXT records, for proofs by domain. */
import { Resolver } from 'node:dns/promises';

export interface Dns {
  /** The texts of a name; empty where it has none. Rejects when no server answers. */
  texts(name: string): Promise<readonly string[]>;
}

const timeoutMilliseconds = 3_000;
const recordsMax = 50;

/** `servers`: addresses with ports; by default the system's. */
export function openDns({ servers }: { readonly servers?: readonly string[] } = {}): Dns {
  return {
    async texts(name) {
      const resolver = new Resolver({ timeout: timeoutMilliseconds, tries: 2 });
      if (servers !== undefined) resolver.setServers(servers);
      try {
        const records = await resolver.resolveTxt(name);
        return records.slice(0, recordsMax).map((parts) => parts.join(''));
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : null;
        if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
        throw error;
      }
    },
  };
}
