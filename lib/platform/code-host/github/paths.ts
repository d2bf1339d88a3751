/** Addresses of a repository and of what is in it, below the API's. */
import type { RepositoryPlace } from '../questions.ts';

export const pathOf = ({ owner, name }: RepositoryPlace): string =>
  `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;

export const contentsPath = (place: RepositoryPlace, path: string): string =>
  `${pathOf(place)}/contents/${path.split('/').map(encodeURIComponent).join('/')}`;
