export { Run, RunEnded, type RetryRule, type StepResult } from './run.ts';
