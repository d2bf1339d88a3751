/** Copies of wrapped keys: checked against the registry both ways. They are of no use without the token, nor the token without them. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestOfWrapped, type WrappedKeyFile } from '../../keyholder/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';
import { readRegistry, registryFileName } from './key-folder.ts';
import { readWrappedFile, writeWrappedFile } from './wrapped-folder.ts';

export interface WrappedFileState {
  readonly label: string;
  readonly file: string;
  /** null: it is the file that the registry names. */
  readonly problem: 'missing' | 'another file than the registry names' | null;
}

/** Every file that the registry of this folder names. Needs no token. */
export async function checkWrappedFiles(folder: string): Promise<readonly WrappedFileState[]> {
  const states: WrappedFileState[] = [];
  for (const { label, wrapped } of await namedFiles(folder)) {
    const bytes = await readWrappedFile(folder, wrapped.file);
    const isGood = bytes !== null && digestOfWrapped(bytes) === wrapped.sha256;
    const problem = bytes === null ? 'missing' : isGood ? null : 'another file than the registry names';
    states.push({ label, file: wrapped.file, problem });
  }
  return states;
}

/**
 * Copies the registry and every wrapped key to a folder → how many. Throws KEY_MISSING where one of them isn't as the registry names it: a backup of a
 * broken file would replace a good one.
 */
export async function backUpWrappedFiles(folder: string, to: string): Promise<number> {
  const bad = (await checkWrappedFiles(folder)).filter(({ problem }) => problem !== null);
  if (bad.length > 0) {
    throw new CeremonyError(
      'KEY_MISSING',
      `${bad
        .map(({ file, problem }) => `${file}: ${problem ?? ''}`)
        .slice(0, 5)
        .join('; ')}: restore it first (npm run ceremony -- blobs --restore FOLDER)`,
    );
  }
  const named = await namedFiles(folder);
  await mkdir(join(to, 'wrapped'), { recursive: true, mode: 0o700 });
  for (const { wrapped } of named) {
    const target = join(to, wrapped.file);
    await writeFile(target, (await readWrappedFile(folder, wrapped.file)) ?? '', { mode: 0o600 });
    if (digestOfWrapped(await readFile(target)) !== wrapped.sha256)
      throw new CeremonyError('FILE_UNWRITABLE', `${target} isn't what was written: check the disk`);
  }
  await copyFile(join(folder, registryFileName), join(to, registryFileName));
  return named.length;
}

/** Puts back what is missing or another file, from a backup that has exactly what the registry names → the files. */
export async function restoreWrappedFiles(folder: string, from: string): Promise<readonly string[]> {
  const restored: string[] = [];
  const named = new Map((await namedFiles(folder)).map(({ wrapped }) => [wrapped.file, wrapped]));
  for (const { file, problem } of await checkWrappedFiles(folder)) {
    if (problem === null) continue;
    const bytes = await readWrappedFile(from, join('wrapped', basename(file)));
    if (bytes === null || digestOfWrapped(bytes) !== named.get(file)?.sha256) {
      throw new CeremonyError(
        'KEY_MISSING',
        `${join(from, file)} ${bytes === null ? 'is missing' : 'is another file than the registry names'}: take a backup from after the last ceremony`,
      );
    }
    await writeWrappedFile(folder, file, bytes);
    restored.push(file);
  }
  return restored;
}

async function namedFiles(
  folder: string,
): Promise<readonly { readonly label: string; readonly wrapped: WrappedKeyFile }[]> {
  const { keys, waiting = [] } = await readRegistry(folder);
  return [...keys, ...waiting].flatMap(({ label, wrapped, wrappedBefore }) =>
    [wrapped, wrappedBefore].flatMap((file) => (file === undefined ? [] : [{ label, wrapped: file }])),
  );
}
