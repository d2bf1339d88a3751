/** The file an address names, by its path or by project, folder and name. */
import { parseRepositoryPath } from '../../../../lib/core/policy/index.ts';
import type { RepositoryPath } from '../../../../lib/core/policy/index.ts';

export interface EditQuery {
  readonly file?: string | string[];
  readonly project?: string | string[];
  readonly folder?: string | string[];
  readonly name?: string | string[];
  readonly as?: string | string[];
  /** Id of what was typed before. */
  readonly draft?: string | string[];
  readonly q?: string | string[];
}

export interface AskedFile {
  readonly path: string;
  readonly place: RepositoryPath;
}

/** null: none was named. A message: what was named is no policy file. */
export function askedFile(
  query: EditQuery,
): AskedFile | { readonly message: string; readonly fix: string } | null {
  const { file, project, folder, name } = query;
  const named = [project, folder, name].every((one) => typeof one === 'string' && one !== '');
  const path =
    typeof file === 'string'
      ? file
      : named
        ? `projects/${String(project)}/${String(folder)}/${String(name)}.yaml`
        : null;
  if (path === null) return null;
  const place = parseRepositoryPath(path);
  if (!place.ok) return { message: place.message, fix: place.fix };
  if (place.path === null) {
    return {
      message: 'This file goes along with the policies and decides nothing.',
      fix: 'Change it with git.',
    };
  }
  return { path, place: place.path };
}

/** The page's own address: where a form on it is sent, so that its answer comes on the same page. */
export function editAddress(here: string, query: EditQuery): string {
  const asked = new URLSearchParams();
  for (const name of ['file', 'project', 'folder', 'name', 'as', 'draft'] as const) {
    const value = query[name];
    if (typeof value === 'string') asked.set(name, value);
  }
  return asked.size === 0 ? here : `${here}?${asked.toString()}`;
}
