/** Where projects keep their source, read as anybody may read it; and, with somebody's own token, what they maintain. */
import type { IdentityHost } from '#core/identity/index.ts';
import type { PortalConfig } from '../config/index.ts';
import type { GitHubTiming } from '../github-client/index.ts';
import type { BuildFiles } from './build-files.ts';
import type { AskedStarAccount, HostQuestions, RepositoryPlace } from './questions.ts';

/** What a host is opened with. */
export interface HostInput {
  readonly config: Pick<PortalConfig, 'codeHost'>;
  readonly now: () => Date;
  readonly timing?: Partial<GitHubTiming>;
}

/** Strings are the host's, so anything: cut and escaped where they are shown. */
export interface HostedRepository {
  /** Numeric; stays when names change. */
  readonly id: string;
  /** Of the account or group that owns it. */
  readonly ownerId: string;
  /** The account that owns it, by the number that people are known by; null: a group does, or the host doesn't say. */
  readonly ownerAccountId: string | null;
  readonly owner: string;
  readonly name: string;
  /** Without .git and final slash. */
  readonly uri: string;
  readonly description: string | null;
  readonly homepage: string | null;
  /** SPDX id; null where the host found none or several. */
  readonly licence: string | null;
  readonly defaultBranch: string;
  readonly archived: boolean;
  readonly fork: boolean;
  readonly createdAt: Date;
  readonly pushedAt: Date | null;
}

export interface MaintainedRepository {
  readonly repository: HostedRepository;
  readonly permission: 'admin' | 'maintain' | 'push';
}

export interface HostedAccount {
  /** Numeric; stays when names change. */
  readonly id: string;
  readonly kind: 'person' | 'other';
}

/** What a host gave to somebody who signed in with it. */
export interface UserToken {
  readonly host: IdentityHost;
  readonly token: string;
}

/** Somebody who has an account on the host. */
export interface SignedInAs {
  readonly accountId: string;
  /** Theirs; null: the sign-in gave none. */
  readonly userToken: string | null;
}

/** Everything rejects with CodeHostError: NOT_FOUND what isn't there or isn't public, UNAVAILABLE what can't be read. */
export interface CodeHost {
  /** Whose accounts own its repositories: an account's number says something together with it alone. */
  readonly name: IdentityHost;
  /** Of hosts that anybody can run, which one it is: numbers of accounts are this one's. */
  readonly server: string;
  /** `address` as people type it; null: no address of a repository on this host. */
  readonly parseAddress: (address: string) => RepositoryPlace | null;
  repository(place: RepositoryPlace): Promise<HostedRepository>;
  repositoryById(id: string): Promise<HostedRepository>;
  /** Public repositories that the account can write to, as far as the host tells, the most recently pushed first; at most 300. */
  maintainedBy(who: SignedInAs): Promise<readonly MaintainedRepository[]>;
  /** What the account may do there; null: no more than anybody, or the host doesn't tell. */
  permissionOn(
    repository: HostedRepository,
    who: SignedInAs,
  ): Promise<MaintainedRepository['permission'] | null>;
  /** Text of a file on the default branch; null: there is none. At most 1 MiB. */
  readFile(place: RepositoryPlace, path: string): Promise<string | null>;
  /** Paths of what describes builds to the host's own build system; empty where there is nothing. */
  workflows(place: RepositoryPlace): Promise<readonly string[]>;
  /** Tags of the newest releases, at most ten, the newest first. */
  releasedTags(place: RepositoryPlace): Promise<readonly string[]>;
  account(login: string): Promise<HostedAccount>;
  /** null: nothing that builds leave there can be fetched. */
  readonly buildFiles: BuildFiles | null;
  readonly questions: HostQuestions;
  readonly starAccounts: {
    readonly asked: string;
    /** What is judged of it, in the host's words: accounts of people who only gave a star are nothing to keep. null: it is gone. */
    ask(id: string): Promise<unknown>;
    /** Of answers of `ask`. */
    readonly read: (raw: unknown) => readonly AskedStarAccount[] | null;
  };
  /** How people are told that a file was read. */
  fileAsked(path: string): string;
}
