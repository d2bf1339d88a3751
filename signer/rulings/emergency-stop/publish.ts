/** Journals this host's stops and lifts, and waits until the running signers have them in force. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../ground/database/index.ts';
import { StopRecordError, type Entry } from './entry.ts';
import { appendStopEntries, hasEntry } from './journalled.ts';
import { aliveSeconds, readPresences, type Presence } from './presence.ts';
import { resetPositions } from './state.ts';
import { changeStops, readStops, type StopFile } from './stop-file.ts';

/**
 * Journals the stops and lifts of this host that aren't there yet; `entry` even where the file can't be used. Rejects
 * where the database can't be used.
 */
export async function journalOwnEntries(
  file: StopFile,
  database: Database,
  { entry, now }: { readonly entry: Entry | null; readonly now: Date },
): Promise<void> {
  const state = await readStops(file)
    .then(async (state) =>
      (await hasEntry(database, state.through)) ? state : changeStops(file, (each) => resetPositions(each)),
    )
    .catch((error: unknown) => {
      if (entry !== null && error instanceof StopRecordError) return null;
      throw error;
    });
  const own = [...(state?.stops ?? []), ...(state?.lifts ?? [])]
    .filter((item) => item.seq === null)
    .map((item) => item.entry);
  const through = state?.through ?? null;
  await appendStopEntries(database, state === null && entry !== null ? [entry] : own, { through, now });
}

export interface Waiting {
  readonly database: Pick<Database, 'query'>;
  /** Whether a signer has applied it, by what it reports. */
  readonly isDone: (presence: Presence) => boolean;
  readonly seconds: number;
  readonly print: (line: string) => void;
}

const pollMilliseconds = 250;

/** Reports each signer's confirmation → whether all running ones have confirmed; those that don't run are named. */
export async function waitForSigners({ database, isDone, seconds, print: say }: Waiting): Promise<boolean> {
  const until = performance.now() + seconds * 1000;
  const confirmed = new Set<string>();
  let announced = false;
  for (;;) {
    const all = await readPresences(database);
    const living = all.filter((presence) => presence.isAlive);
    for (const one of living.filter((each) => isDone(each) && !confirmed.has(each.signer))) {
      confirmed.add(one.signer);
      say(
        `  ${one.signer}: confirmed at ${one.seenAt.toISOString()} (${confirmed.size} of ${living.length})`,
      );
    }
    const unconfirmed = living.filter((presence) => !isDone(presence));
    const isOver = unconfirmed.length === 0 || performance.now() >= until;
    if (!isOver && !announced) {
      announced = true;
      say(`  waiting up to ${seconds} s for ${unconfirmed.map((presence) => presence.signer).join(', ')}…`);
    }
    if (isOver) {
      for (const one of unconfirmed)
        say(
          `  ${one.signer}: NOT confirmed; last seen at ${one.seenAt.toISOString()}. Check its log, or run this on its host`,
        );
      for (const one of all.filter((each) => !each.isAlive))
        say(
          one.isStopped
            ? `  ${one.signer}: was stopped at ${one.seenAt.toISOString()}; it reads this before it signs anything`
            : `  ${one.signer}: not seen since ${one.seenAt.toISOString()} (over ${aliveSeconds} s ago); it reads this before it signs anything`,
        );
      if (all.length === 0)
        say('  No signer has reported in 30 days; each reads this before it signs anything.');
      return unconfirmed.length === 0;
    }
    await sleep(pollMilliseconds);
  }
}
