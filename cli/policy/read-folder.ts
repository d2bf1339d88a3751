/** The files of a folder being edited. Nothing outside it is ever read. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileSizeBytesMax, snapshotFilesMax, snapshotSizeBytesMax } from '#core/policy/index.ts';
import type { Diagnostic } from '#core/policy/index.ts';
import { CliError } from '../error.ts';

export interface FolderFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What may not be in a policy repository; the files are incomplete then. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What lies at the top of a policy repository. */
const expected = ['foundation.yaml', 'trust', 'people', 'projects'];

const depthMax = 16;
const problemsMax = 50;

interface Walk {
  readonly root: string;
  readonly files: Map<string, Uint8Array>;
  readonly diagnostics: Diagnostic[];
  entries: number;
  sizeBytes: number;
}

export async function readFolder(folder: string): Promise<FolderFiles> {
  const walk: Walk = { root: folder, files: new Map(), diagnostics: [], entries: 0, sizeBytes: 0 };
  const stat = await lstat(path.join(folder, '.')).catch(() => null);
  if (stat?.isDirectory() !== true) throw new CliError('USAGE', `${folder} is not a folder`);
  // If one is missing, the policy is at fault; if all are, the named folder.
  const found = await Promise.all(expected.map((name) => lstat(path.join(folder, name)).catch(() => null)));
  if (found.every((file) => file === null)) {
    throw new CliError(
      'USAGE',
      `${folder === '.' ? 'This folder' : folder} is no policy repository: it has none of ${expected.join(', ')}. Name the folder that has them.`,
    );
  }
  await readInto(walk, [], 0);
  return { files: walk.files, diagnostics: walk.diagnostics };
}

async function readInto(walk: Walk, parents: readonly string[], depth: number): Promise<void> {
  const here = parents.join('/');
  if (depth > depthMax) {
    say(walk, here, 'file.path', `Folders lie deeper than ${depthMax} levels.`, 'Move the files up.');
    return;
  }
  const entries = await readdir(path.join(walk.root, ...parents), {
    encoding: 'buffer',
    withFileTypes: true,
  });
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    if (walk.diagnostics.length >= problemsMax) return;
    const name = decodeName(entry.name);
    if (name === '.git' && depth === 0) continue;
    walk.entries += 1;
    if (walk.entries > snapshotFilesMax) {
      const message = `There are more than ${snapshotFilesMax} files.`;
      say(walk, '.', 'file.count', message, 'Name the folder that holds foundation.yaml.');
      return;
    }
    const at = [...parents, name ?? JSON.stringify(entry.name.toString('latin1'))].join('/');
    if (name === null) {
      say(walk, at, 'file.name', 'The name of this file is not UTF-8.', 'Rename it.');
    } else if (name === '.git') {
      say(walk, here, 'file.submodule', 'This is a submodule.', 'Replace it by plain files.');
    } else if (entry.isSymbolicLink()) {
      say(walk, at, 'file.link', 'This is a symbolic link.', 'Replace it by a file.');
    } else if (entry.isDirectory()) {
      await readInto(walk, [...parents, name], depth + 1);
    } else if (!entry.isFile()) {
      say(walk, at, 'file.kind', 'This is neither a file nor a folder.', 'Remove it.');
    } else {
      await readOne(walk, at);
    }
  }
}

async function readOne(walk: Walk, at: string): Promise<void> {
  const file = path.join(walk.root, at);
  const { size } = await lstat(file);
  walk.sizeBytes += size;
  if (size > fileSizeBytesMax) {
    const message = `The file has ${size} bytes; at most ${fileSizeBytesMax} are read.`;
    say(walk, at, 'file.size', message, 'Split it up or shorten it.');
  } else if (walk.sizeBytes > snapshotSizeBytesMax) {
    const message = `The files have more than ${snapshotSizeBytesMax} bytes in all.`;
    say(walk, at, 'file.size', message, 'Name the folder that holds foundation.yaml.');
  } else {
    walk.files.set(at, await readFile(file));
  }
}

function say(walk: Walk, file: string, rule: string, message: string, fix: string): void {
  walk.diagnostics.push({ file, line: 1, column: 1, rule, message, fix });
}

function decodeName(name: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(name);
  } catch {
    return null;
  }
}
