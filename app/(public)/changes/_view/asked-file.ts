/** The file an address names, by its path or by project, folder and name. */
import { countCharacters } from '#core/text/typed/index.ts';
import { parseRepositoryPath } from '#core/policy/index.ts';
import type { RepositoryPath } from '#core/policy/index.ts';

export const newNameCharactersMax = 64;

export interface EditQuery {
  readonly file?: string | string[];
  readonly project?: string | string[];
  readonly folder?: string | string[];
  readonly name?: string | string[];
  readonly as?: string | string[];
  /** What a new artifact configuration starts from. */
  readonly start?: string | string[];
  /** Id of what was typed before. */
  readonly draft?: string | string[];
  readonly q?: string | string[];
}

export interface AskedFile {
  readonly path: string;
  readonly place: RepositoryPath;
}

export interface NoFile {
  readonly message: string;
  readonly fix: string;
}

/** null: none was named. A message: what was named is no policy file. */
export function askedFile(query: EditQuery): AskedFile | NoFile | null {
  const path = pathOf(query);
  if (path === null || typeof path === 'object') return path;
  const place = parseRepositoryPath(path);
  if (!place.ok) return { message: place.message, fix: place.fix };
  if (place.path === null) {
    return {
      message: 'This file accompanies the policies and has no effect on them.',
      fix: 'Change it with git.',
    };
  }
  return { path, place: place.path };
}

function pathOf({ file, project, folder, name }: EditQuery): string | NoFile | null {
  if (typeof file === 'string') return file;
  if (typeof name !== 'string') return null;
  const fix = 'Enter 1 to 64 lower-case letters, digits and inner hyphens.';
  const length = countCharacters(name);
  if (length > newNameCharactersMax) {
    return { message: `Name: ${length} characters; at most ${newNameCharactersMax}.`, fix };
  }
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) {
    return { message: name === '' ? 'Name: enter one.' : `Name: “${name}” can’t be one.`, fix };
  }
  return `projects/${String(project)}/${String(folder)}/${name}.yaml`;
}

/** The page's own address: where a form on it is sent, so that its answer comes on the same page. */
export function editAddress(here: string, query: EditQuery): string {
  const asked = new URLSearchParams();
  for (const name of ['file', 'project', 'folder', 'name', 'as', 'start', 'draft'] as const) {
    const value = query[name];
    if (typeof value === 'string') asked.set(name, value);
  }
  return asked.size === 0 ? here : `${here}?${asked.toString()}`;
}
