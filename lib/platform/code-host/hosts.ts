/** Which code hosts there are. Another one is a folder beside github/ and a line here. */
import type { CodeHost, HostInput } from './code-host.ts';
import { openGitHub } from './github/open.ts';
import type { RepositoryPlace } from './questions.ts';

export interface CodeHosts {
  /** Whose address that is, and what it names there; null: no host's. */
  find(address: string): { readonly host: CodeHost; readonly place: RepositoryPlace } | null;
  /** Of a repository that is known: what was kept of one whose address nobody knows any more came from the host of sign-in. */
  hostOf(address: string): CodeHost;
  /** People sign in with it: their tokens, and names and numbers of accounts, are this host's. */
  readonly signIn: CodeHost;
}

/** Nothing is read or asked before the first call. */
export function openCodeHosts(input: HostInput): CodeHosts {
  const github = openGitHub(input);
  const all: readonly CodeHost[] = [github];
  const find: CodeHosts['find'] = (address) => {
    for (const host of all) {
      const place = host.parseAddress(address);
      if (place !== null) return { host, place };
    }
    return null;
  };
  return { find, hostOf: (address) => find(address)?.host ?? github, signIn: github };
}
