/** A signer's own file of what is stopped: written by the signer and by the command on its host, read before every step. */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { projectSlug } from '#core/wire/journal/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { digestOf, StopRecordError, hostStop } from './entry.ts';
import { nothingStopped, stateSchema, resetPositions, type ActiveStop, type StopState } from './state.ts';

/** Earlier versions: stops of this host and by statement, without their proof for others. */
const firstVersionSchema = z.strictObject({
  version: z.literal(1),
  stops: z
    .array(
      z.strictObject({
        project: projectSlug.nullable(),
        reason: z.string().trim().min(1).max(500),
        by: z.string().min(1).max(200),
        at: z.iso.datetime(),
        source: z.string().default('host'),
      }),
    )
    .max(10_000),
});

export interface StopFile {
  readonly file: string;
  /** Name of the signer that owns the file. */
  readonly signer: string;
}

export const stopFileOf = (config: {
  readonly emergencyStops: string;
  readonly signerId: string;
}): StopFile => ({
  file: config.emergencyStops,
  signer: config.signerId,
});

/** null: there is no file. Throws STOPS_UNREADABLE, which the signer takes as a stop. */
export async function readStopFile({ file, signer }: StopFile): Promise<StopState | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const first = firstVersionSchema.safeParse(value);
    return first.success ? fromFirstVersion(first.data.stops, signer) : stateSchema.parse(value);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StopRecordError(
      'STOPS_UNREADABLE',
      `${file} can’t be read as a list of emergency stops: nothing is signed. Correct it, or remove it and run npm run reconcile`,
      cause,
    );
  }
}

/** Throws STOPS_LOST where the file isn't there: once created, signing never continues without it. */
export async function readStops(file: StopFile): Promise<StopState> {
  const state = await readStopFile(file);
  if (state !== null) return state;
  throw new StopRecordError(
    'STOPS_LOST',
    `${file.file}, which says what is stopped, isn’t there: nothing is signed. Restart the signer and compare with npm run reconcile -- --config signer.yaml`,
  );
}

/** A signer's first start. */
export async function createStopFile(file: StopFile): Promise<void> {
  await changeStops(file, (state) => state, nothingStopped);
}

/**
 * After a loss: everything is read from the journal again. Entries of an older file are kept; a file that can't be
 * read is set aside as `….unreadable` → the file's revision.
 */
export async function restoreStopFile(file: StopFile, revision: number): Promise<number> {
  await readStopFile(file).catch(() => rename(file.file, `${file.file}.unreadable`));
  const again = (state: StopState): StopState => ({
    ...resetPositions(state),
    revision: Math.max(revision, state.revision),
  });
  return (await changeStops(file, again, nothingStopped)).revision;
}

/**
 * Signer and command line write the same file, one after the other; the change is durable when this resolves.
 * `initial`: the contents where there is no file yet; without it, throws STOPS_LOST.
 */
export async function changeStops(
  file: StopFile,
  make: (state: StopState) => StopState,
  initial: StopState | null = null,
): Promise<StopState> {
  const release = await takeTurn(`${file.file}.lock`);
  try {
    const found = await readStopFile(file);
    const before = found ?? initial ?? (await readStops(file));
    const changed = make(before);
    if (found !== null && JSON.stringify(changed) === JSON.stringify(before)) return before;
    const after = {
      ...changed,
      revision: Math.max(changed.revision, found === null ? 1 : before.revision + 1),
    };
    const parsed = stateSchema.safeParse(after);
    if (!parsed.success) throw new StopRecordError('STOP_INVALID', z.prettifyError(parsed.error));
    await replaceFile(file.file, `${JSON.stringify(after, null, 2)}\n`, 0o644);
    return after;
  } finally {
    await release();
  }
}

/** Each gets an identifier derived from its contents, the same at every reading. */
function fromFirstVersion(stops: z.infer<typeof firstVersionSchema>['stops'], signer: string): StopState {
  const held = stops.map(({ source: _, ...one }): ActiveStop => {
    const digest = createHash('sha256').update(JSON.stringify(one)).digest('hex');
    const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
    const entry = hostStop({ ...one, id, signer, lock: null });
    return { entry, digest: digestOf(entry), seq: null, doubt: null, since: one.at };
  });
  return { ...nothingStopped, stops: held };
}

const turnMilliseconds = 50;
/** Writing takes a few milliseconds: a lock this old was left behind by a killed process. */
const abandonedMilliseconds = 5000;

async function takeTurn(lock: string): Promise<() => Promise<void>> {
  await mkdir(dirname(lock), { recursive: true });
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return () => rm(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const taken = await stat(lock).catch(() => null);
    if (taken !== null && Date.now() - taken.mtimeMs > abandonedMilliseconds) await rm(lock, { force: true });
    await sleep(turnMilliseconds);
  }
}
