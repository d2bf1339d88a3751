/**
 * Starts a built inspector: locks the process down as `lockdown.ts` does for its sources, and then runs the one script that the inspector
 * is, with the code that V8 compiled from it before (compiled-code.ts). Arguments: the script; `take` or `make`; the file of compiled code.
 * What is imported here is out of the script's reach: it gets a function that gives it the modules it may have.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import { allowedBuiltins, refuse } from './lockdown.ts';

const [, , file = '', mode = '', compiledFile = ''] = process.argv;
const load = createRequire(import.meta.url);

/** null: there is none; all is compiled as it is needed. */
function compiledBefore(): Buffer | null {
  try {
    return readFileSync(compiledFile);
  } catch {
    return null;
  }
}

const cachedData = mode === 'take' ? compiledBefore() : null;
const script = new Script(`(function (require) { 'use strict'; ${readFileSync(file, 'utf8')}\n})`, {
  filename: file,
  // V8 takes none of another version, with other flags, or of a script of another length.
  ...(cachedData === null ? {} : { cachedData }),
});
if (mode === 'make')
  process.on('exit', () =>
    writeFileSync(compiledFile, script.createCachedData(), { flag: 'wx', mode: 0o600 }),
  );

(script.runInThisContext() as (require: (name: string) => unknown) => void)((name) =>
  allowedBuiltins.has(name) ? (load(name) as unknown) : refuse(`module ${name}`),
);
