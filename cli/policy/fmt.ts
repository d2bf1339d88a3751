/** `countersign fmt`: policy files in the one layout, comments kept. */
import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  fileSizeBytesMax,
  formatDiagnostic,
  formatPolicyFile,
  parseRepositoryPath,
} from '#core/policy/index.ts';
import { CliError } from '../error.ts';
import { readFolder } from './read-folder.ts';
import type { Output } from './validate.ts';

/** Files, or none for all policy files of this folder. `checkOnly`: names what would change and changes nothing. */
export async function fmt(named: readonly string[], checkOnly: boolean): Promise<Output> {
  const files = named.length > 0 ? named : await policyFilesHere();
  let text = '';
  let failed = false;
  for (const file of files) {
    const bytes = await readPlainFile(file);
    const formatted = formatPolicyFile({ path: file, bytes });
    if (!formatted.ok) {
      failed = true;
      text += formatted.diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`).join('');
    } else if (formatted.changed) {
      text += `${file}\n`;
      if (checkOnly) failed = true;
      else await replace(file, formatted.bytes);
    }
  }
  return { text, exitCode: failed ? 1 : 0 };
}

async function policyFilesHere(): Promise<readonly string[]> {
  const { files, diagnostics } = await readFolder('.');
  if (diagnostics.length > 0) throw new CliError('REFUSED', diagnostics.map(formatDiagnostic).join('\n'));
  return [...files.keys()].filter((file) => {
    const place = parseRepositoryPath(file);
    return place.ok && place.path !== null;
  });
}

async function readPlainFile(file: string): Promise<Uint8Array> {
  const stat = await lstat(file).catch(() => null);
  if (stat?.isFile() !== true) throw new CliError('USAGE', `${file} is not a plain file`);
  if (stat.size > fileSizeBytesMax) {
    throw new CliError('USAGE', `${file} has ${stat.size} bytes; at most ${fileSizeBytesMax} are read`);
  }
  return readFile(file);
}

/** Atomic: a concurrent reader sees either the old file or the new one. */
async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    const { mode } = await lstat(file);
    await writeFile(beside, bytes, { flag: 'wx', mode });
    await rename(beside, file);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new CliError('REFUSED', `${file} can’t be written: ${(cause as Error).message}`, cause);
  }
}
