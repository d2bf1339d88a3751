/** Repositories with environments in GitHub's words. */
import { accountResource, repositoryResource } from '../resources.ts';
import type { Json } from '../resources.ts';

interface Named {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export const ownerOf = (base: string, { owner, id }: Named): Json =>
  accountResource(base, { id: Math.floor(id / 1000), login: owner, type: 'Organization' });

export function repositoryOf(base: string, repository: Named): Json {
  const { id, name, owner } = repository;
  const known = { id, name, owner: ownerOf(base, repository), ownerLogin: owner };
  return repositoryResource(base, known, { has_downloads: true });
}
