/** Addresses of a project and of what is in it, below the API's. */
import type { RepositoryPlace } from '../questions.ts';

export const pathOf = ({ owner, name }: RepositoryPlace): string =>
  `/projects/${encodeURIComponent(`${owner}/${name}`)}`;

/** Of the default branch, whatever its name. */
export const filePath = (place: RepositoryPlace, path: string): string =>
  `${pathOf(place)}/repository/files/${encodeURIComponent(path)}?ref=HEAD`;
