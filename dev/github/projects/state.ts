/** What is remembered of projects: accounts and public repositories, and what may happen to them. */

export interface HostAccount {
  readonly id: number;
  login: string;
  readonly name: string;
  readonly type: 'User' | 'Organization';
  readonly createdAt: string;
  readonly followers: number;
  readonly publicRepositories: number;
  /** What the owner of the account wrote about it. */
  company?: string;
  bio?: string;
  blog?: string;
}

export interface HostRelease {
  readonly tag: string;
  readonly publishedAt: string;
  readonly prerelease: boolean;
  readonly assets: readonly { readonly name: string; readonly downloads: number }[];
}

export interface HostRepository {
  readonly id: number;
  ownerId: number;
  name: string;
  description: string | null;
  homepage: string | null;
  licence: string | null;
  readonly createdAt: string;
  pushedAt: string;
  archived: boolean;
  fork: boolean;
  private: boolean;
  readonly defaultBranch: string;
  readonly files: Map<string, string>;
  stars: readonly { readonly accountId: number; readonly at: string }[];
  releases: readonly HostRelease[];
  contributors: readonly { readonly accountId: number; readonly commits: number }[];
  /** The last 52 weeks, the oldest first: day of the week's start and number of commits. */
  weeks: readonly { readonly day: string; readonly commits: number }[];
  issues: readonly {
    readonly number: number;
    readonly createdAt: string;
    readonly closedAt: string | null;
  }[];
  rules: readonly { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
  /** Account number → what it may do. Who is not here may read. */
  readonly permissions: Map<number, 'admin' | 'maintain' | 'push'>;
}

export class Projects {
  readonly accounts = new Map<number, HostAccount>();
  readonly repositories = new Map<number, HostRepository>();
  /** `owner/name` that moved away → number of the repository. */
  readonly moved = new Map<string, number>();

  fullName(repository: HostRepository): string {
    return `${this.accounts.get(repository.ownerId)?.login ?? '?'}/${repository.name}`;
  }

  byName(fullName: string): HostRepository | null {
    const wanted = fullName.toLowerCase();
    for (const one of this.repositories.values()) {
      if (this.fullName(one).toLowerCase() === wanted) return one;
    }
    return null;
  }

  byLogin(login: string): HostAccount | null {
    for (const one of this.accounts.values()) if (one.login === login) return one;
    return null;
  }

  need(id: number): HostRepository {
    const found = this.repositories.get(id);
    if (found === undefined) throw new Error(`there is no repository ${id}`);
    return found;
  }

  rename(id: number, name: string): void {
    const repository = this.need(id);
    this.moved.set(this.fullName(repository).toLowerCase(), id);
    repository.name = name;
  }

  transfer(id: number, ownerId: number): void {
    const repository = this.need(id);
    this.moved.set(this.fullName(repository).toLowerCase(), id);
    repository.ownerId = ownerId;
  }
}
