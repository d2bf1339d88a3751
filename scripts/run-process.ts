/**
 * Runs a built process, in this very process: node scripts/run-process.ts NAME [its arguments]. Refuses, and says what to
 * run, where it isn't built or the sources have changed since.
 */
import { pathToFileURL } from 'node:url';
import { requireBuilt } from './processes/built.ts';
import { ProcessBuildError } from './processes/error.ts';
import { processes, startable, type ProcessName } from './processes/list.ts';
import { fromSources, nodeFlags, programFile } from './processes/program.ts';

const usage = `usage: node scripts/run-process.ts NAME [ARGUMENT …]\n\n${startable
  .map((name) => `  ${name.padEnd(22)}${processes[name].what}`)
  .join('\n')}\n`;

const isProcess = (name: string): name is ProcessName => startable.some((known) => known === name);

const [name = '--help'] = process.argv.slice(2);
if (name === '--help') process.stdout.write(usage);
else if (!isProcess(name)) {
  process.stderr.write(`There is no process ${name}.\n${usage}`);
  process.exitCode = 2;
} else {
  await run(name);
}

async function run(one: ProcessName): Promise<void> {
  try {
    if (!fromSources) requireBuilt();
  } catch (error) {
    if (!(error instanceof ProcessBuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const file = programFile(one);
  process.argv.splice(1, 2, file);
  if (nodeFlags(one).includes('--enable-source-maps')) process.setSourceMapsEnabled(true);
  await import(pathToFileURL(file).href);
}
