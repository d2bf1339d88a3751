/**
 * Locates the code of the processes that this one starts. A built process starts built ones from its own folder
 * (dist/, decision 0059); one that runs from sources starts sources. No setting or variable affects this.
 */
import { join } from 'node:path';

/** null: this process runs from its sources. */
const builtFolder: string | null = import.meta.filename.endsWith('.ts') ? null : import.meta.dirname;

/** What is loaded to run a built process: itself, its source map (for stack traces), and what says that it is a module. */
export interface BuiltCode {
  readonly main: string;
  readonly files: readonly string[];
}

/** The built process of this name, if this one is built; null: this one runs from its sources, so that one does, too. */
export function builtCode(name: string, folder: string | null = builtFolder): BuiltCode | null {
  if (folder === null) return null;
  const main = join(folder, `${name}.js`);
  return { main, files: [main, `${main}.map`, join(folder, 'package.json')] };
}
