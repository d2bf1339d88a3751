/** Projects in GitHub's words. */
import { accountResource, repositoryResource } from '../resources.ts';
import type { Json } from '../resources.ts';
import type { HostAccount, HostRepository, Projects } from './state.ts';

export class ProjectsWire {
  readonly #state: Projects;
  readonly #base: string;

  constructor(state: Projects, base: string) {
    this.#state = state;
    this.#base = base;
  }

  account(account: HostAccount): Json {
    return accountResource(this.#base, account);
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
    const known = {
      id,
      name,
      owner: owner === undefined ? {} : this.account(owner),
      ownerLogin: owner?.login ?? '?',
    };
    return repositoryResource(this.#base, known, {
      private: repository.private,
      fork: repository.fork,
      archived: repository.archived,
      description: repository.description,
      homepage: repository.homepage,
      license: licenceResource(repository.licence),
      default_branch: repository.defaultBranch,
      stargazers_count: repository.stars.length,
      forks_count: 12,
      open_issues_count: 4,
      subscribers_count: 9,
      size: 1_200,
      created_at: repository.createdAt,
      pushed_at: repository.pushedAt,
      updated_at: repository.pushedAt,
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
    });
  }
}

const licenceResource = (id: string | null): Json | null =>
  id === null ? null : { key: id.toLowerCase(), name: id, spdx_id: id, url: null, node_id: `L_${id}` };
