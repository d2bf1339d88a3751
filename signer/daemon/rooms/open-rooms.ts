/**
 * Whether there is room in each folder that this signer writes to, tried by writing. What isn't on disk can't be signed: a keyholder that can't write
 * its journal gives no signature, and without the anchor an older database wouldn't be noticed. So nothing is taken while one is full;
 * what is in work is tried again; and it goes on by itself once there is room.
 */
import { open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { formatBytes } from '#core/text/size/index.ts';
import { hostFaultOf, throwNaming } from '#core/error/index.ts';
import { hostUnavailable, messageOf } from '../../ground/availability/index.ts';
import type { HealthReport } from '../health/index.ts';

export interface Rooms {
  /** Tries each folder. Never rejects. */
  look(): Promise<void>;
  lookIfDue(): Promise<void>;
  /** Where nothing can be written, why, and what to do; null: everywhere there is room. As of the last look. */
  problem(): string | null;
  report(): HealthReport;
}

interface Options {
  /** By name; null: none on this host. */
  readonly folders: Readonly<Record<string, string | null>>;
  /** Names the file that is written: several signers may share a folder. */
  readonly signer: string;
  readonly log: Pick<Logger, 'error' | 'info'>;
  readonly steady?: () => number;
}

/** More than what the signer's small files take together. */
const probeBytes = 256 * 1024;
const dueMilliseconds = 5_000;
/** Of the file system's size: as the alert `RoomRunsOut` has it. */
const scarceShare = 0.1;

export function openRooms({ folders, signer, log, steady = () => performance.now() }: Options): Rooms {
  const names = new Map<string, string[]>();
  for (const [name, folder] of Object.entries(folders))
    if (folder !== null) names.set(folder, [...(names.get(folder) ?? []), name]);
  /** By folder. */
  const full = new Map<string, string>();
  let scarce: readonly string[] = [];
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;
  const lookAt = async ([folder, called]: readonly [string, readonly string[]]): Promise<string | null> => {
    const said = called.join(', ');
    try {
      await tryToWrite(path.join(folder, `.room-of-${signer}`));
      if (full.delete(folder)) log.info({ folder, folders: called }, 'there is room again');
    } catch (error) {
      const fault = hostFaultOf(error);
      const unavailable = fault === null ? null : hostUnavailable(fault, folder, error);
      const why =
        unavailable === null
          ? `${folder} can’t be written: ${messageOf(error)}`
          : `${unavailable.message}: ${unavailable.fix}`;
      if (!full.has(folder))
        log.error(
          { folder, folders: called, code: fault?.code ?? null, err: error },
          'a folder can’t be written: nothing is taken until it can',
        );
      full.set(folder, `${said}: ${why}`);
    }
    const room = await statfs(folder).catch(() => null);
    if (room === null || room.bavail >= room.blocks * scarceShare) return null;
    return `${said}: ${formatBytes(room.bavail * room.bsize)} of ${formatBytes(room.blocks * room.bsize)} left at ${folder}`;
  };
  const look = async (): Promise<void> => {
    const found = await Promise.all([...names].map(lookAt));
    scarce = found.filter((one) => one !== null);
    lookedAt = steady();
  };
  const lookOnce = (): Promise<void> =>
    (looking ??= look().finally(() => {
      looking = null;
    }));
  const problem = (): string | null => (full.size === 0 ? null : [...full.values()].join('; '));
  return {
    look: lookOnce,
    problem,
    async lookIfDue() {
      if (steady() - lookedAt > dueMilliseconds) await lookOnce();
    },
    report() {
      const found = problem();
      if (found !== null) return { state: 'down', detail: `${found}. It takes no requests` };
      if (scarce.length > 0) return { state: 'degraded', detail: `little room: ${scarce.join('; ')}` };
      return { state: 'ok', detail: `${names.size} folders can be written` };
    },
  };
}

/** Flushed, since some file systems say only then that there is no room. Left over from a killed signer, it is written over. */
async function tryToWrite(file: string): Promise<void> {
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(probeBytes));
      await handle.datasync();
    } finally {
      await handle.close();
      await rm(file, { force: true });
    }
  } catch (error) {
    throwNaming(file, error);
  }
}
