/** The host's memory in GitHub's words. */
import { createHash } from 'node:crypto';
import type { CodeHostState, HostAccount, HostRepository } from './state.ts';

export type Json = Readonly<Record<string, unknown>>;

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

export class CodeHostWire {
  readonly #state: CodeHostState;
  readonly #base: string;

  constructor(state: CodeHostState, base: string) {
    this.#state = state;
    this.#base = base;
  }

  account(account: HostAccount): Json {
    const { id, login, type } = account;
    return {
      login,
      id,
      node_id: `U_${id}`,
      type,
      site_admin: false,
      url: `${this.#base}/users/${login}`,
      html_url: `${this.#base}/${login}`,
    };
  }

  accountInFull(account: HostAccount): Json {
    return {
      ...this.account(account),
      name: account.name,
      company: account.company ?? null,
      created_at: account.createdAt,
      bio: account.bio ?? null,
      blog: account.blog ?? '',
      followers: account.followers,
      public_repos: account.publicRepositories,
    };
  }

  repository(repository: HostRepository, asked: number | null = null): Json {
    const { id, name } = repository;
    const owner = this.#state.accounts.get(repository.ownerId);
    const permission = asked === null ? undefined : repository.permissions.get(asked);
    const licence = repository.licence;
    return {
      id,
      node_id: `R_${id}`,
      name,
      full_name: this.#state.fullName(repository),
      owner: owner === undefined ? null : this.account(owner),
      private: repository.private,
      fork: repository.fork,
      archived: repository.archived,
      description: repository.description,
      homepage: repository.homepage,
      license: licence === null ? null : { key: licence.toLowerCase(), name: licence, spdx_id: licence },
      default_branch: repository.defaultBranch,
      stargazers_count: repository.stars.length,
      forks_count: 12,
      open_issues_count: 4,
      subscribers_count: 9,
      size: 1_200,
      created_at: repository.createdAt,
      pushed_at: repository.pushedAt,
      updated_at: repository.pushedAt,
      html_url: `${this.#base}/${this.#state.fullName(repository)}`,
      visibility: 'public',
      ...(permission === undefined
        ? {}
        : {
            permissions: {
              admin: permission === 'admin',
              maintain: permission !== 'push',
              push: true,
              triage: true,
              pull: true,
            },
          }),
    };
  }
}
