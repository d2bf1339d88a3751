/** What a runner tells a step by its environment, and the files that it takes answers in. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { ActionError } from '../error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** As the runner names it: upper case, blanks as underscores, hyphens as they are. */
export function inputOf(environment: Environment, name: string): string {
  return (environment[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}

/** A summary beyond this is dropped by the runner, all of it. */
const summaryBytesMax = 1024 * 1024;

/** One output of the step. The delimiter can't stand in the value: nobody knows it beforehand. */
export function writeOutput(environment: Environment, name: string, value: string): void {
  const delimiter = `ghadelimiter_${randomUUID()}`;
  append(environment, 'GITHUB_OUTPUT', `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/** What the run's page shows of this step; what was written before is replaced. */
export function writeSummary(environment: Environment, markdown: string): void {
  const bytes = Buffer.byteLength(markdown);
  if (bytes >= summaryBytesMax) throw new RangeError(`a summary of ${bytes} bytes would be dropped`);
  const file = fileOf(environment, 'GITHUB_STEP_SUMMARY');
  if (file !== null) write(() => writeFileSync(file, markdown), 'GITHUB_STEP_SUMMARY');
}

function append(environment: Environment, name: string, text: string): void {
  const file = fileOf(environment, name);
  if (file !== null) write(() => appendFileSync(file, text), name);
}

/** null outside a runner, where nobody reads it. */
function fileOf(environment: Environment, name: string): string | null {
  const file = environment[name];
  return file === undefined || file === '' ? null : file;
}

function write(act: () => void, name: string): void {
  try {
    act();
  } catch (error) {
    throw new ActionError('RUNNER', `${name} can’t be written: ${(error as Error).message}`, error);
  }
}
