/**
 * Emergency stops: a file on the signer's host that freezes the signing of a project, or of everybody, within seconds, and
 * needs nobody but the one who has the host. It works while the portal, the Git host or the database are down.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from '../durable-file/index.ts';

const stopSchema = z.strictObject({
  /** Slug; null stops everybody. */
  project: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug')
    .nullable(),
  reason: z.string().trim().min(1).max(500),
  /** Account on the signer's host. */
  by: z.string().min(1).max(200),
  at: z.iso.datetime(),
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

/** Adds a stop; one for the same project takes the new reason. */
export async function addStop(file: string, stop: EmergencyStop): Promise<void> {
  const parsed = stopSchema.safeParse(stop);
  if (!parsed.success) throw new EmergencyStopError('STOP_INVALID', z.prettifyError(parsed.error));
  const others = (await readStops(file)).filter((one) => one.project !== stop.project);
  await write(file, [...others, parsed.data]);
}

/** → whether there was one to lift. */
export async function liftStop(file: string, project: string | null): Promise<boolean> {
  const stops = await readStops(file);
  const others = stops.filter((one) => one.project !== project);
  if (others.length === stops.length) return false;
  await write(file, others);
  return true;
}

const write = (file: string, stops: readonly EmergencyStop[]): Promise<void> =>
  replaceFile(file, `${JSON.stringify({ version: 1, stops }, null, 2)}\n`, 0o644);
