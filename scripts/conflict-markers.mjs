/** Marks of an unfinished merge in files that Git tracks: no reader of Markdown or YAML text minds them, and no type is wrong. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** → `file:line` of each; none where the folder isn't a checkout. */
export async function conflictMarkers(folder) {
  const args = ['grep', '-nIE', '^(<{7}|>{7}|[|]{7})( |$)'];
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error) => {
    // 1: there are none; 128: it is no checkout, but a copy of the files.
    if (error.code === 1 || error.code === 128) return { stdout: '' };
    throw error;
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':', 2).join(':'));
}
