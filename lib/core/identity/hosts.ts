/** The hosts on which people have accounts: all that is known of each, in one place. The schema of people's files is made of it. */
import type { Identities } from '../generated/index.ts';

interface HostOfAccounts {
  /** Its name, as people write it. */
  readonly label: string;
  /** The server that its numbers are of, where the policy names no other (`accountHosts` in trust/root.yaml). */
  readonly server: string;
  /** How a text of `identities` looks that names an account there. */
  readonly id: { readonly pattern: string; readonly lengthMax: number };
  /** What a form and an editor say of the field: what to write, and where that is found. */
  readonly hint: string;
}

/** A host that a person's file can name. */
export type IdentityHost = keyof Identities;

/** One record for each host of the schema: one without the other doesn't compile. */
export const identityHosts: Readonly<Record<IdentityHost, HostOfAccounts>> = {
  github: {
    label: 'GitHub',
    server: 'https://github.com',
    id: { pattern: '^[1-9][0-9]{0,18}$', lengthMax: 19 },
    hint: "The account's numeric id on GitHub, in quotes. Logins get reused, ids don't: https://api.github.com/users/<login> shows it.",
  },
  gitlab: {
    label: 'GitLab',
    server: 'https://gitlab.com',
    id: { pattern: '^[1-9][0-9]{0,18}$', lengthMax: 19 },
    hint: "The account's numeric id on GitLab, in quotes. User names get reused, ids don't: https://gitlab.com/api/v4/users?username=<name> shows it.",
  },
};

/** In their order: a person's identities are listed in it. */
export const identityHostNames: readonly IdentityHost[] = Object.keys(identityHosts) as IdentityHost[];

export const isIdentityHost = (name: string): name is IdentityHost => Object.hasOwn(identityHosts, name);

/** What a host is called; of one that this version doesn't know, its name in files and rows. */
export const hostLabel = (host: string): string => (isIdentityHost(host) ? identityHosts[host].label : host);
