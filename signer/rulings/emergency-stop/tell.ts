/** Passing on what was said on this host, and waiting until the signers that work have it in force. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../ground/database/index.ts';
import { StopRecordError, type Entry } from './entry.ts';
import { appendStopEntries, holdsPlace } from './journalled.ts';
import { livesSeconds, readPresences, type Presence } from './presence.ts';
import { toldAnew } from './state.ts';
import { changeStops, readStops, type StopFile } from './stop-file.ts';

/**
 * Writes into the journal what this host has said and isn't there yet; `entry` in any case, also where the file can't be used.
 * Rejects where the database can't.
 */
export async function passOn(
  file: StopFile,
  database: Database,
  { entry, now }: { readonly entry: Entry | null; readonly now: Date },
): Promise<void> {
  const state = await readStops(file)
    .then(async (one) =>
      (await holdsPlace(database, one.through)) ? one : changeStops(file, (each) => toldAnew(each)),
    )
    .catch((error: unknown) => {
      if (entry !== null && error instanceof StopRecordError) return null;
      throw error;
    });
  const own = [...(state?.stops ?? []), ...(state?.lifts ?? [])]
    .filter((one) => one.seq === null)
    .map((one) => one.entry);
  const through = state?.through ?? null;
  await appendStopEntries(database, state === null && entry !== null ? [entry] : own, { through, now });
}

export interface Waiting {
  readonly database: Pick<Database, 'query'>;
  /** Whether a signer has it in force, by what it reports. */
  readonly isDone: (presence: Presence) => boolean;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

const pollMilliseconds = 250;

/** Says of each signer when it has confirmed → whether all that work have; those that don't work are named. */
export async function waitForSigners({ database, isDone, seconds, say }: Waiting): Promise<boolean> {
  const until = performance.now() + seconds * 1000;
  const told = new Set<string>();
  let announced = false;
  for (;;) {
    const all = await readPresences(database);
    const living = all.filter((one) => one.lives);
    for (const one of living.filter((each) => isDone(each) && !told.has(each.signer))) {
      told.add(one.signer);
      say(`  ${one.signer}: confirmed at ${one.seenAt.toISOString()} (${told.size} of ${living.length})`);
    }
    const open = living.filter((one) => !isDone(one));
    const isOver = open.length === 0 || performance.now() >= until;
    if (!isOver && !announced) {
      announced = true;
      say(`  waiting up to ${seconds} s for ${open.map((one) => one.signer).join(', ')}…`);
    }
    if (isOver) {
      for (const one of open)
        say(
          `  ${one.signer}: NOT confirmed; it was seen at ${one.seenAt.toISOString()}. Look at its log, or stop it there`,
        );
      for (const one of all.filter((each) => !each.lives))
        say(
          `  ${one.signer}: not seen since ${one.seenAt.toISOString()} (over ${livesSeconds} s ago); it reads this before it signs anything`,
        );
      if (all.length === 0)
        say('  No signer has reported in 30 days; each reads this before it signs anything.');
      return open.length === 0;
    }
    await sleep(pollMilliseconds);
  }
}
