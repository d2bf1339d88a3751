/** The step's program: runs, and has the runner told how it ended. */
import { runStep } from './run-step.ts';

process.exitCode = await runStep(process);
