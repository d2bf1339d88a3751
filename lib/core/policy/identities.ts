/** The accounts by which a person is known: the one reader of both forms that a person's file can have. */
import type { Person, TrustRoot } from '../generated/index.ts';
import {
  firstHost,
  identityHostNames,
  identityHosts,
  identityText,
  isIdentityHost,
} from '../identity/index.ts';
import type { Identity, IdentityHost, StoredIdentity } from '../identity/index.ts';
import type { PersonHandle } from '../ids/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { DocumentPath, PersonDocument } from './document.ts';
import { PolicyError } from './policy-error.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** As far as it tells who somebody is. */
type Named = Pick<Person, 'githubId' | 'identities'>;

/** In the order of hosts, whatever order the file has them in: the first is the one that rows and messages go by. */
export function identitiesOf({ githubId, identities = {} }: Named): readonly [Identity, ...Identity[]] {
  const written = { ...(githubId === undefined ? {} : { [firstHost]: githubId }), ...identities };
  const [first, ...others] = identityHostNames.flatMap((host) => {
    const id = Object.hasOwn(written, host) ? written[host] : undefined;
    return id === undefined ? [] : [{ host, id }];
  });
  // The schema asks for one of the two, and for something in it.
  if (first === undefined) throw new PolicyError('SNAPSHOT_INCONSISTENT', 'a person without identities');
  return [first, ...others];
}

/** Whether both files name the same accounts, in whichever form. */
export const sameAccounts = (one: Named, other: Named): boolean => textOf(one) === textOf(other);
const textOf = (person: Named): string => identitiesOf(person).map(identityText).join(' ');

/** Where in its file an identity is written. */
export const placeOfIdentity = (person: Named, { host }: Identity): DocumentPath =>
  person.identities === undefined ? ['githubId'] : ['identities', host];

type Servers = TrustRoot['accountHosts'];

const serverOf = (servers: Servers = {}, host: IdentityHost): string => {
  const named: Partial<Record<IdentityHost, string>> = servers;
  return named[host] ?? identityHosts[host].server;
};

/** The server that a host's numbers are of: the same number on another one is somebody else. */
export const serverOfAccounts = ({ trustRoot }: PolicySnapshot, host: IdentityHost): string =>
  serverOf(trustRoot.value.accountHosts, host);

/** Which host an address of a repository is on, by the servers that the policy means (`accountHosts`); null: none of them. */
export const hostOfAddress = (servers: Servers, address: string): IdentityHost | null =>
  identityHostNames.find((host) => address.startsWith(`${serverOf(servers, host)}/`)) ?? null;

interface Known {
  readonly handle: PersonHandle;
  readonly person: PersonDocument;
}

const byAccount = new WeakMap<PolicySnapshot, ReadonlyMap<string, Known>>();

/** Whom the policy knows by this account; undefined: nobody. */
export function findByIdentity(snapshot: PolicySnapshot, { host, id }: StoredIdentity): Known | undefined {
  const known = byAccount.get(snapshot) ?? indexAccounts(snapshot);
  byAccount.set(snapshot, known);
  return known.get(accountOf(host, id));
}

/** Once for each policy: asked for each page of somebody who is signed in. */
function indexAccounts(snapshot: PolicySnapshot): ReadonlyMap<string, Known> {
  const found = new Map<string, Known>();
  for (const [handle, person] of snapshot.people) {
    for (const { host, id } of identitiesOf(person.value)) {
      const account = accountOf(host, id);
      if (!found.has(account)) found.set(account, { handle, person });
    }
  }
  return found;
}

const accountOf = (host: string, id: string): string => JSON.stringify([host, id]);

/** The accounts of a file, as a text to compare; null where it isn't what the schema asks for: then nobody can say that it is the same. */
export function accountsIn(file: JsonValue): string | null {
  if (!isGroup(file)) return null;
  const { githubId, identities } = file;
  if (identities === undefined) {
    return typeof githubId === 'string' ? identitiesOf({ githubId }).map(identityText).join(' ') : null;
  }
  if (githubId !== undefined || !isGroup(identities)) return null;
  const entries = Object.entries(identities);
  if (entries.length === 0) return null;
  if (entries.some(([host, id]) => !isIdentityHost(host) || typeof id !== 'string')) return null;
  return identitiesOf({ identities }).map(identityText).join(' ');
}

const isGroup = (value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
