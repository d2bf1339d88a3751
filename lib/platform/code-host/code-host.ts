/** Where projects keep their source, read as anybody may read it; and, with somebody's own token, what they maintain. */

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

/** One answer, as it came. */
export interface RawAnswer {
  readonly body: unknown;
  readonly etag: string | null;
  /** Pages of a list after this one. */
  readonly more: boolean;
}

export interface CodeHost {
  /** `address` as people type it; null: no address of a repository on this host. */
  readonly parseAddress: (address: string) => { readonly owner: string; readonly name: string } | null;
  /** Rejects with NOT_FOUND what isn't there or isn't public. */
  repository(place: { readonly owner: string; readonly name: string }): Promise<HostedRepository>;
  repositoryById(id: string): Promise<HostedRepository>;
  /** Public repositories that the token's account can write to, the most recently pushed first; at most 300. */
  maintainedBy(userToken: string): Promise<readonly MaintainedRepository[]>;
  /** Text of a file on the default branch; null: there is none. At most 1 MiB. */
  readFile(repository: Pick<HostedRepository, 'owner' | 'name'>, path: string): Promise<string | null>;
  /** Names in a folder of the default branch; empty where there is none. */
  listFolder(repository: Pick<HostedRepository, 'owner' | 'name'>, path: string): Promise<readonly string[]>;
  /** Any other reading question. null: still what `etag` named. */
  ask(
    path: string,
    options?: { readonly etag?: string | null; readonly accept?: string },
  ): Promise<RawAnswer | null>;
}
