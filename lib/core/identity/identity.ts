/** An account on a host, by the id that the host never gives to anybody else. */
import type { IdentityHost } from './hosts.ts';

export interface Identity {
  readonly host: IdentityHost;
  /** Stable: logins get reused, ids don't. */
  readonly id: string;
}

/** As a row or a link carries it: a version after this one may have written a host that is unknown here. It is nobody then. */
export interface StoredIdentity {
  readonly host: string;
  readonly id: string;
}

/** The one comparison. The same number on another host is somebody else. */
export const sameIdentity = (one: StoredIdentity, other: StoredIdentity): boolean =>
  one.host === other.host && one.id === other.id;

export const includesIdentity = (all: readonly StoredIdentity[], one: StoredIdentity): boolean =>
  all.some((each) => sameIdentity(each, one));

/** The one text of an identity: `github:123`. No host's name has a colon. */
export const identityText = ({ host, id }: StoredIdentity): string => `${host}:${id}`;

/** The host of everything that was written when there was one host, and its name therefore wasn't. */
export const firstHost = 'github' satisfies IdentityHost;

export const isOnFirstHost = ({ host }: StoredIdentity): boolean => host === firstHost;

/**
 * The text where texts of that time have to come out as they were: what was hashed, shown in public, or locked by. Else
 * `identityText`. Ids have no colon, so neither can be taken for the other.
 */
export const identityTextAsBefore = (identity: StoredIdentity): string =>
  isOnFirstHost(identity) ? identity.id : identityText(identity);

/** The other way; of any text, for links that somebody may have written himself. */
export function readIdentityAsBefore(text: string): StoredIdentity {
  const colon = text.indexOf(':');
  return colon < 0
    ? { host: firstHost, id: text }
    : { host: text.slice(0, colon), id: text.slice(colon + 1) };
}
