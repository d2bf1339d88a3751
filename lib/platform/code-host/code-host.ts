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
  readonly ownerId: string;
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

/** Everything rejects with CodeHostError: NOT_FOUND what isn't there or isn't public, UNAVAILABLE what can't be read. */
export interface CodeHost {
  /** Whose accounts own its repositories: an account's number says something together with it alone. */
  readonly name: IdentityHost;
  /** `address` as people type it; null: no address of a repository on this host. */
  readonly parseAddress: (address: string) => RepositoryPlace | null;
  repository(place: RepositoryPlace): Promise<HostedRepository>;
  repositoryById(id: string): Promise<HostedRepository>;
  /** Public repositories that the token's account can write to, the most recently pushed first; at most 300. */
  maintainedBy(userToken: string): Promise<readonly MaintainedRepository[]>;
  /** Text of a file on the default branch; null: there is none. At most 1 MiB. */
  readFile(place: RepositoryPlace, path: string): Promise<string | null>;
  /** Paths of what describes builds to the host's own build system; empty where there is nothing. */
  workflows(place: RepositoryPlace): Promise<readonly string[]>;
  /** Tags of the newest releases, at most ten, the newest first. */
  releasedTags(place: RepositoryPlace): Promise<readonly string[]>;
  account(login: string): Promise<HostedAccount>;
  readonly buildFiles: BuildFiles;
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
