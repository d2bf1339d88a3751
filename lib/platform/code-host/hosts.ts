/** Which code hosts there are. Another one is a folder beside github/ and a line here. */
import type { CodeHost, HostInput } from './code-host.ts';
import type { IdentityHost } from '#core/identity/index.ts';
import { openGitHub } from './github/open.ts';
import { openGitLab } from './gitlab/open.ts';
import type { RepositoryPlace } from './questions.ts';

export interface CodeHosts {
  /** Whose address that is, and what it names there; null: no host's. */
  find(address: string): { readonly host: CodeHost; readonly place: RepositoryPlace } | null;
  /** Of a repository that is known: what was kept of one whose address nobody knows any more came from GitHub. */
  hostOf(address: string): CodeHost;
  /** By its name: what people's tokens, and names and numbers of their accounts, are of. */
  readonly named: { readonly github: CodeHost } & Readonly<Partial<Record<IdentityHost, CodeHost>>>;
}

/** Nothing is read or asked before the first call. */
export function openCodeHosts(input: HostInput): CodeHosts {
  const github = openGitHub(input);
  const gitlab = input.config.codeHost?.gitlab;
  const named = { github, ...(gitlab === undefined ? {} : { gitlab: openGitLab(gitlab, input) }) };
  const all: readonly CodeHost[] = Object.values(named);
  const find: CodeHosts['find'] = (address) => {
    for (const host of all) {
      const place = host.parseAddress(address);
      if (place !== null) return { host, place };
    }
    return null;
  };
  return { find, hostOf: (address) => find(address)?.host ?? github, named };
}
