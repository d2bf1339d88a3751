/** What is run for a process: its built file, or its source where COUNTERSIGN_FROM=sources asks for that. The one switch. */
import { join } from 'node:path';
import { distFolder, projectRoot } from './built.ts';
import { processes, type ProcessName } from './list.ts';

/** For development: `COUNTERSIGN_FROM=sources npm run demo`. */
export const fromSources = process.env['COUNTERSIGN_FROM'] === 'sources';

/** Absolute path of the program. */
export function programFile(name: ProcessName): string {
  return fromSources ? join(projectRoot, processes[name].entry) : join(distFolder, `${name}.js`);
}

/** Flags of Node.js that a process is started with. */
export const nodeFlags = (name: ProcessName): readonly string[] =>
  processes[name].flags ?? ['--enable-source-maps'];

/** What Node.js is started with to run a process, before the process’s own arguments. */
export function programArguments(name: ProcessName): readonly string[] {
  return fromSources ? [programFile(name)] : [...nodeFlags(name), programFile(name)];
}
