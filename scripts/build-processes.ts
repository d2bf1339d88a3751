/**
 * Builds every process into dist/, each as one file:
 *   node scripts/build-processes.ts             all of them
 *   node scripts/build-processes.ts --changed   only where dist/ doesn't hold what the sources say now
 */
import { parseArgs } from 'node:util';
import { distFolder } from './processes/built.ts';
import { buildProcesses, ensureProcesses } from './processes/ensure.ts';
import { ProcessBuildError } from './processes/error.ts';
import { processNames } from './processes/list.ts';
import { step } from './set-up/steps.mjs';

const usage = 'usage: npm run build:processes -- [--changed]';

async function main(): Promise<number> {
  let values;
  try {
    const options = { changed: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  try {
    await step(`Building ${processNames.length} processes`, (report) =>
      values.changed === true ? ensureProcesses(report) : buildProcesses(distFolder, report),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof ProcessBuildError)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
