/** What the code host remembers: accounts, repositories, and what may happen to them while somebody reads. */
import { Buffer } from 'node:buffer';
import { commitOf, treesOf, type HostedFile, type Trees } from './objects.ts';

export type Permission = 'admin' | 'maintain' | 'push' | 'pull';

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly createdAt: string;
  readonly followers: number;
  readonly publicRepos: number;
  readonly company?: string;
}

export interface Star {
  readonly userId: number;
  readonly starredAt: string;
}

export interface Release {
  readonly tag: string;
  readonly name: string;
  readonly publishedAt: string;
  readonly prerelease: boolean;
  readonly draft: boolean;
  readonly assets: readonly { readonly name: string; readonly size: number; readonly downloads: number }[];
}

export interface Issue {
  readonly number: number;
  readonly userId: number;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly comments: number;
}

export interface Rule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Repository {
  readonly id: number;
  ownerId: number;
  name: string;
  description: string | null;
  homepage: string | null;
  licenceSpdx: string | null;
  readonly createdAt: string;
  pushedAt: string;
  archived: boolean;
  fork: boolean;
  private: boolean;
  defaultBranch: string;
  topics: readonly string[];
  readonly files: Map<string, HostedFile>;
  /** The oldest first. */
  stars: readonly Star[];
  /** The newest first. */
  releases: readonly Release[];
  /** Who committed most comes first. */
  contributors: readonly { readonly userId: number; readonly commits: number }[];
  /** Of 52 weeks, this one last. */
  weeklyCommits: readonly number[];
  /** The newest first. */
  issues: readonly Issue[];
  rules: readonly Rule[];
  /** The owner's own is implied; who isn't here may read what is public. */
  readonly permissions: Map<number, Permission>;
}

/** Whole seconds, as GitHub's. */
export const seconds = (date: Date): string => date.toISOString().replace(/[.]\d+Z$/, 'Z');

/** A repository with what matters to the reader of a test, and nothing else in it. */
export function newRepository(
  given: Partial<Repository> & Pick<Repository, 'id' | 'ownerId' | 'name' | 'createdAt'>,
): Repository {
  return {
    ...{ description: null, homepage: null, licenceSpdx: null, pushedAt: given.createdAt },
    ...{ archived: false, fork: false, private: false, defaultBranch: 'main', topics: [] },
    ...{ files: new Map(), stars: [], releases: [], contributors: [], issues: [], rules: [] },
    ...{ weeklyCommits: Array.from({ length: 52 }, () => 0), permissions: new Map() },
    ...given,
  };
}

export class State {
  readonly users = new Map<number, Account>();
  readonly repositories = new Map<number, Repository>();
  /** From how many entries on a recursive look at a tree is cut short. */
  treeEntriesMax = 100_000;
  readonly now: () => Date;
  /** Names that repositories had, in small letters → number of the repository. */
  readonly #moved = new Map<string, number>();
  /** Repositories (and their commits) whose statistics have been worked out. */
  readonly #counted = new Set<string>();

  constructor(now: () => Date) {
    this.now = now;
  }

  need(id: number): Repository {
    const found = this.repositories.get(id);
    if (found === undefined) throw new RangeError(`the code host has no repository ${id}`);
    return found;
  }

  owner(repository: Repository): Account {
    const found = this.users.get(repository.ownerId);
    if (found === undefined) throw new RangeError(`the code host has no account ${repository.ownerId}`);
    return found;
  }

  fullName(repository: Repository): string {
    return `${this.owner(repository).login}/${repository.name}`;
  }

  byName(fullName: string): Repository | undefined {
    const wanted = fullName.toLowerCase();
    return [...this.repositories.values()].find((one) => this.fullName(one).toLowerCase() === wanted);
  }

  /** The repository that had this name before. */
  formerly(fullName: string): Repository | undefined {
    return this.repositories.get(this.#moved.get(fullName.toLowerCase()) ?? -1);
  }

  byLogin(login: string): Account | undefined {
    const wanted = login.toLowerCase();
    return [...this.users.values()].find((one) => one.login.toLowerCase() === wanted);
  }

  /** null: neither owner nor collaborator. */
  permission(repository: Repository, userId: number | null): Permission | null {
    if (userId === null) return null;
    if (repository.ownerId === userId) return 'admin';
    return repository.permissions.get(userId) ?? null;
  }

  trees(repository: Repository): Trees {
    return treesOf(repository.files);
  }

  head(repository: Repository): string {
    return commitOf(repository.id, this.trees(repository), repository.pushedAt);
  }

  /** Whether statistics of the present commit were asked for before; they are worked out by asking. */
  countCommits(repository: Repository): boolean {
    const key = `${repository.id} ${this.head(repository)}`;
    const before = this.#counted.has(key);
    this.#counted.add(key);
    return before;
  }

  rename(id: number, name: string): void {
    const repository = this.#leaveName(id);
    repository.name = name;
  }

  /** As on GitHub, a person who gives a repository away stays on as a collaborator who may push. */
  transferRepository(id: number, newOwnerId: number): void {
    if (!this.users.has(newOwnerId)) throw new RangeError(`the code host has no account ${newOwnerId}`);
    const repository = this.#leaveName(id);
    if (this.owner(repository).type === 'User') repository.permissions.set(repository.ownerId, 'push');
    repository.permissions.delete(newOwnerId);
    repository.ownerId = newOwnerId;
  }

  archive(id: number): void {
    this.need(id).archived = true;
  }

  makePrivate(id: number): void {
    this.need(id).private = true;
  }

  deleteRepository(id: number): void {
    this.need(id);
    this.repositories.delete(id);
  }

  /** GitHub reads the licence off a file: the file comes and goes with it. */
  setLicence(id: number, spdx: string | null): void {
    const repository = this.need(id);
    repository.licenceSpdx = spdx;
    if (spdx === null) repository.files.delete('LICENSE');
    else this.putFile(id, 'LICENSE', `${spdx}\n`);
  }

  putFile(id: number, path: string, file: HostedFile): void {
    const repository = this.need(id);
    repository.files.set(path, typeof file === 'string' ? file : { ...file, bytes: Buffer.from(file.bytes) });
    repository.pushedAt = seconds(this.now());
  }

  setStars(id: number, stars: readonly Star[]): void {
    this.need(id).stars = stars.toSorted((one, other) => one.starredAt.localeCompare(other.starredAt));
  }

  #leaveName(id: number): Repository {
    const repository = this.need(id);
    this.#moved.set(this.fullName(repository).toLowerCase(), id);
    return repository;
  }
}
