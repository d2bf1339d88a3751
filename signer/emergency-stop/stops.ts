/**
 * Emergency stops: a file on the signer's host that freezes the signing of a project, or of everybody, within seconds. Who has
 * the host writes it while the portal, the Git host and the database are down; the signer writes it for people whose
 * signed word it has verified.
 */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { replaceFile } from '../durable-file/index.ts';

const stopSchema = z.strictObject({
  /** Slug; null stops everybody. */
  project: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug')
    .nullable(),
  reason: z.string().trim().min(1).max(500),
  /** Account on the signer's host, or who signed the word. */
  by: z.string().min(1).max(200),
  at: z.iso.datetime(),
  /** Said on the signer's host, or by a signed statement that came through the portal. */
  source: z.enum(['host', 'statement']).default('host'),
});
const fileSchema = z.strictObject({ version: z.literal(1), stops: z.array(stopSchema).max(10_000) });

export type EmergencyStop = z.infer<typeof stopSchema>;

export class EmergencyStopError extends Error {
  readonly code: 'STOP_INVALID' | 'STOPS_UNREADABLE';
  constructor(code: EmergencyStopError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EmergencyStopError';
    this.code = code;
  }
}

/** File → the stops in it; none where there is no file. Throws STOPS_UNREADABLE, which the signer takes as a stop. */
export async function readStops(file: string): Promise<readonly EmergencyStop[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).stops;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new EmergencyStopError(
      'STOPS_UNREADABLE',
      `${file} can’t be read as a list of emergency stops: nothing is signed. Correct it, or remove it to lift all`,
      cause,
    );
  }
}

/** Adds a stop; one for the same project from the same place takes the new reason. */
export async function addStop(file: string, stop: z.input<typeof stopSchema>): Promise<void> {
  const parsed = stopSchema.safeParse(stop);
  if (!parsed.success) throw new EmergencyStopError('STOP_INVALID', z.prettifyError(parsed.error));
  const { data } = parsed;
  await change(file, (stops) => [
    ...stops.filter((one) => one.project !== data.project || one.source !== data.source),
    data,
  ]);
}

/** Lifts what the host stopped, and what people stopped by their word → whether there was one. */
export async function liftStop(file: string, project: string | null): Promise<boolean> {
  return change(file, (stops) => stops.filter((one) => one.project !== project));
}

/** Lifts what was stopped by word before that word; what the host stopped is for the host to lift. */
export async function liftByWord(file: string, project: string | null, at: string): Promise<boolean> {
  const isLifted = (one: EmergencyStop): boolean =>
    one.project === project && one.source === 'statement' && one.at <= at;
  return change(file, (stops) => stops.filter((one) => !isLifted(one)));
}

/** Signer and command line write the same file: one after the other. → whether it became shorter. */
async function change(
  file: string,
  make: (stops: readonly EmergencyStop[]) => readonly EmergencyStop[],
): Promise<boolean> {
  const release = await takeTurn(`${file}.lock`);
  try {
    const stops = await readStops(file);
    const changed = make(stops);
    if (JSON.stringify(changed) === JSON.stringify(stops)) return false;
    await replaceFile(file, `${JSON.stringify({ version: 1, stops: changed }, null, 2)}\n`, 0o644);
    return changed.length < stops.length;
  } finally {
    await release();
  }
}

const turnMilliseconds = 50;
/** Writing takes a few milliseconds: a lock that old was left by one that was killed. */
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
