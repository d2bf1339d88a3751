/** Builds every process into dist/, each as one file: node scripts/build-processes.ts */
import { distFolder } from './processes/built.ts';
import { buildProcesses } from './processes/ensure.ts';
import { ProcessBuildError } from './processes/error.ts';
import { processNames } from './processes/list.ts';
import { step } from './set-up/steps.mjs';

try {
  await step(`Building ${processNames.length} processes`, (report) => buildProcesses(distFolder, report));
} catch (error) {
  if (!(error instanceof ProcessBuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
