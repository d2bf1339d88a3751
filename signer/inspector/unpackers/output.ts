/**
 * What a program made in its folder, once or while it runs. Nothing of it is trusted: names are bytes, what isn't a plain file
 * or a folder is an error, and links are never followed.
 */
import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, opendir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** Of stat(2). */
const blockBytes = 512;
/** What any file system may take for the end of a file. */
const slackBytes = 64 * 1024;
const depthMax = 64;
const nameCharactersMax = 1024;
/** Of all names together. */
const namesCharactersMax = 16 * 1024 * 1024;

/** → what is there; null: more than that. Things that vanish meanwhile count as nothing. */
export async function measure(folder: string, most: Amount): Promise<Amount | null> {
  let [files, bytes] = [0, 0];
  const folders: { readonly place: Buffer; readonly depth: number }[] = [
    { place: Buffer.from(folder), depth: 1 },
  ];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (next.depth > depthMax) return null;
    try {
      for await (const name of namesIn(next.place)) {
        const place = inside(next.place, name);
        const found = await lstat(place).catch(() => null);
        if (found === null) continue;
        files += 1;
        // What is on disk beyond a file’s size counts, too.
        bytes += found.isDirectory() ? 0 : Math.max(found.size, found.blocks * blockBytes - slackBytes);
        if (files > most.files || bytes > most.bytes) return null;
        if (found.isDirectory()) folders.push({ place, depth: next.depth + 1 });
      }
    } catch {
      // A folder that can’t be read is an error when its files are taken.
    }
  }
  return { files, bytes };
}

const inside = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, Buffer.from('/'), name]);

async function* namesIn(folder: Buffer): AsyncGenerator<Buffer> {
  // The types of Node.js don’t know that paths and names can be bytes here, too.
  const options = { encoding: 'buffer' as BufferEncoding };
  for await (const { name } of await opendir(folder, options)) {
    yield name as unknown as Buffer;
  }
}

export interface TakenFile {
  /** For display: what can’t be text is replaced, and nothing is ever opened by it. */
  readonly name: string;
  /** File name in the folder that it was moved to. */
  readonly file: string;
  readonly sizeBytes: number;
}

export type Taken =
  { readonly ok: true; readonly files: readonly TakenFile[] } | { readonly ok: false; readonly why: string };

/**
 * Moves every file into one flat folder, under numbers. Only once the program is gone. `ok` is false where anything is there that
 * isn't a plain file or a folder, or that can't be read.
 */
export async function takeFiles(from: string, into: string): Promise<Taken> {
  const files: TakenFile[] = [];
  let characters = 0;
  await mkdir(into, { mode: 0o700 });
  const folders: { readonly place: Buffer; readonly depth: number }[] = [
    { place: Buffer.from(from), depth: 1 },
  ];
  const start = folders[0]?.place.length ?? 0;
  try {
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      if (next.depth > depthMax) return { ok: false, why: 'it made folders inside one another without end' };
      await chmod(next.place, 0o700);
      const names: Buffer[] = [];
      for await (const name of namesIn(next.place)) names.push(name);
      for (const name of names.sort((one, other) => Buffer.compare(one, other))) {
        const place = inside(next.place, name);
        const found = await lstat(place);
        if (found.isDirectory()) {
          folders.push({ place, depth: next.depth + 1 });
          continue;
        }
        const shown = place
          .subarray(start + 1)
          .toString('utf8')
          .slice(0, nameCharactersMax);
        if (!found.isFile() || found.nlink !== 1)
          return { ok: false, why: `it made something that is no plain file (a link or a device)` };
        characters += shown.length;
        if (characters > namesCharactersMax) return { ok: false, why: 'its names are too long' };
        const file = `${String(files.length + 1).padStart(8, '0')}.file`;
        await rename(place, join(into, file));
        await chmod(join(into, file), 0o400);
        files.push({ name: shown, file, sizeBytes: found.size });
      }
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { ok: false, why: `what it made can’t be read (${code})` };
  }
  return { ok: true, files };
}

/** Removes a folder, whatever is in it. Folders can be nested deeper than a path is long: rm(1) descends step by step. */
export async function removeAll(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(
    () =>
      new Promise<void>((resolve) => {
        execFile('/bin/rm', ['-rf', '--', folder], { env: { NODE_ENV: 'production' } }, () => resolve());
      }),
  );
}
