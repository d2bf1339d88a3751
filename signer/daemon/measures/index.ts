/** What the signer measures of its own work: how long steps take, how its ports answer, what room is left. */
export { openMeasures, type Measures } from './open-measures.ts';
export { CallLog, withCalls } from './calls.ts';
export { measureKeyHolder, measurePolicy, measureScanner, measureTimestamps } from './measure-ports.ts';
export type { StepFinished } from './step.ts';
export { keepWriting } from './keep-writing.ts';
