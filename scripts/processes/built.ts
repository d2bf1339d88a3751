/** Whether a folder holds the processes as the sources say now. Light: production asks it before each start. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessBuildError } from './error.ts';
import { processNames } from './list.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');
export const distFolder = join(projectRoot, 'dist');
export const recordFile = 'processes.json';
const buildCommand = 'npm run build:processes';

/** What was built, from what: `processes.json`. */
export interface BuildRecord {
  /** File from the project’s root → SHA-256. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Process → SHA-256 of its built file. */
  readonly built: Readonly<Record<string, string>>;
}

/** SHA-256 as hexadecimal digits; null: there is no such file. */
export function sha256Of(file: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function readRecord(folder: string): BuildRecord | null {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, recordFile), 'utf8'));
    if (!isObject(value) || !isObject(value['inputs']) || !isObject(value['built'])) return null;
    return value as unknown as BuildRecord;
  } catch {
    // Not there, or not written to its end: nothing is built.
    return null;
  }
}

/** Throws ProcessBuildError (NOT_BUILT, OUT_OF_DATE), which says what to run, unless `folder` holds what the sources say now. */
export function requireBuilt(folder = distFolder): void {
  const record = readRecord(folder);
  if (record === null || processNames.some((name) => record.built[name] === undefined))
    throw new ProcessBuildError('NOT_BUILT', `The processes aren’t built. Run: ${buildCommand}`);
  const changed = Object.entries(record.inputs).find(
    ([file, sha256]) => sha256Of(join(projectRoot, file)) !== sha256,
  );
  if (changed !== undefined)
    throw new ProcessBuildError(
      'OUT_OF_DATE',
      `${changed[0]} has changed since the processes were built. Run: ${buildCommand}`,
    );
  const other = processNames.find((name) => sha256Of(join(folder, `${name}.js`)) !== record.built[name]);
  if (other !== undefined)
    throw new ProcessBuildError(
      'OUT_OF_DATE',
      `${join(folder, `${other}.js`)} isn’t what was built. Run: ${buildCommand}`,
    );
}

export function isBuilt(folder = distFolder): boolean {
  try {
    requireBuilt(folder);
    return true;
  } catch (error) {
    if (error instanceof ProcessBuildError) return false;
    throw error;
  }
}
