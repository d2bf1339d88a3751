/**
 * npm run emergency-stop -- --config signer.yaml, on a signer's host:
 *   … --project SLUG --reason TEXT      nothing is signed for this project, by any signer
 *   … --everything --reason TEXT        nothing is signed at all
 *   … --project SLUG --lift             and again
 *   …                                   lists what is stopped, and which signers have confirmed it
 * Waits up to `--wait` seconds (30) for the signers that work. Exit status: 0 all of them have confirmed, 3 not all have, or the
 * database can't be reached; 1 nothing was changed; 2 wrong usage.
 */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { messageOf } from '../../ground/availability/index.ts';
import { readOptions } from '../../ground/command-line/index.ts';
import { readConfig } from '../../ground/config/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { readAnchor } from '../../ground/journal/index.ts';
import { digestOf, StopRecordError, factsOf, hostStop, type Entry, type LiftEntry } from './entry.ts';
import { lockOf, openHostLock } from './lock.ts';
import { hasRead, readPresences, type Presence } from './presence.ts';
import { give, lift, liftHere, nothingStopped, type HeldStop, type StopState } from './state.ts';
import { changeStops, readStops, stopFileOf, type StopFile } from './stop-file.ts';
import { passOn, waitForSigners } from './tell.ts';

const usage =
  'usage: npm run emergency-stop -- --config FILE [--project SLUG | --everything] [--reason TEXT | --lift] [--wait SECONDS]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Asked {
  readonly file: StopFile;
  readonly databaseUrl: string;
  /** null: everybody. */
  readonly project: string | null;
  readonly waitSeconds: number;
}

async function main(): Promise<number> {
  const { values } = readOptions(usage, {
    options: {
      config: { type: 'string' },
      project: { type: 'string' },
      everything: { type: 'boolean', default: false },
      reason: { type: 'string' },
      lift: { type: 'boolean', default: false },
      wait: { type: 'string', default: '30' },
    },
  });
  const { project, everything, reason } = values;
  const named = project !== undefined || everything;
  const contradicts =
    (project !== undefined && everything) ||
    (values.lift && reason !== undefined) ||
    (named ? !values.lift && reason === undefined : values.lift || reason !== undefined);
  if (values.config === undefined || contradicts || !/^\d{1,4}$/.test(values.wait)) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const config = readConfig(values.config);
  const { databaseUrl } = config;
  const file = stopFileOf(config);
  const asked: Asked = { file, databaseUrl, project: project ?? null, waitSeconds: Number(values.wait) };
  if (values.lift) return liftStop(asked);
  if (!named) return list(asked);
  // A host that never ran its signer has no file yet; one that has lost it signs nothing anyway.
  const hadOne = await readAnchor(config.journalAnchor).then(
    (anchor) => anchor?.stops !== undefined,
    () => true,
  );
  return stop(asked, reason ?? '', hadOne);
}

async function stop(asked: Asked, reason: string, hadFile: boolean): Promise<number> {
  const { file, project } = asked;
  const id = randomUUID();
  const lock = await openHostLock(`${file.file}.secret`);
  const entry = hostStop({
    id,
    project,
    reason,
    at: new Date().toISOString(),
    by: userInfo().username,
    signer: file.signer,
    lock: lock === null ? null : lockOf(lock.keyOf(id)),
  });
  const said = { entry, seq: null, doubt: null, now: new Date() };
  try {
    await changeStops(file, (state) => give(state, said), hadFile ? null : nothingStopped);
  } catch (error) {
    if (!(error instanceof StopRecordError)) throw error;
    // This signer signs nothing at all; the others have to hear of it all the same.
    say(`  ${error.message}.`);
  }
  say(`${project ?? 'everything'}: nothing is signed any more, requests at work included.`);
  if (lock === null)
    say(`  ${file.file}.secret can’t be used: each host will have to lift this for its own signer.`);
  const digest = digestOf(entry);
  return tellOthers(asked, entry, (one) => one.stops.some((held) => held.digest === digest));
}

async function liftStop(asked: Asked): Promise<number> {
  const { file, project } = asked;
  const what = project ?? 'everything';
  const found = (await readStops(file)).stops.filter((one) => factsOf(one.entry).project === project);
  if (found.length === 0) {
    say(`${what} was not stopped.`);
    return 0;
  }
  const keys = await keysOf(file, found);
  const own = found.filter((one) => one.entry.source === 'host' && keys.has(one.entry.lock ?? ''));
  const others = found.filter((one) => !own.includes(one));
  const entry: LiftEntry = {
    action: 'lift',
    source: 'host',
    by: userInfo().username,
    signer: file.signer,
    at: new Date().toISOString(),
    keys: [...keys.values()],
  };
  await changeStops(file, (state) => {
    let changed: StopState = state;
    if (own.length > 0) changed = lift(changed, { entry, seq: null, doubt: null, now: new Date() });
    return liftHere(changed, new Set(others.map((one) => one.digest)));
  });
  const left = (await readStops(file)).stops.filter((one) => factsOf(one.entry).project === project);
  say(
    left.length === 0
      ? `${what}: signing goes on.`
      : `${what}: stopped anew meanwhile: ${left.map((one) => factsOf(one.entry).reason).join('; ')}`,
  );
  for (const { entry: other } of others)
    say(
      other.source === 'statement'
        ? `  Lifted for ${file.signer} alone: a word of ${other.by}. Elsewhere a policy maintainer lifts it at /emergency-stop.`
        : `  Lifted for ${file.signer} alone: it was given on the host of ${other.signer}. Lifted there, it is lifted everywhere.`,
    );
  const lifted = new Set(own.map((one) => one.digest));
  return tellOthers(asked, null, (one) => !one.stops.some((held) => lifted.has(held.digest)));
}

/** Lock → key, of those stops that this host has given. */
async function keysOf(file: StopFile, found: readonly HeldStop[]): Promise<ReadonlyMap<string, string>> {
  const lock = await openHostLock(`${file.file}.secret`);
  const keys = new Map<string, string>();
  for (const { entry } of found) {
    if (lock === null || entry.source !== 'host') continue;
    const key = lock.keyOf(entry.id);
    if (lockOf(key) === entry.lock) keys.set(entry.lock, key);
  }
  return keys;
}

async function tellOthers(
  asked: Asked,
  entry: Entry | null,
  isDone: (presence: Presence) => boolean,
): Promise<number> {
  return withDatabase(asked, async (database) => {
    await passOn(asked.file, database, { entry, now: new Date() });
    return (await waitForSigners({ database, isDone, seconds: asked.waitSeconds, say })) ? 0 : 3;
  });
}

async function list(asked: Asked): Promise<number> {
  const { stops } = await readStops(asked.file);
  if (stops.length === 0) say('Nothing is stopped.');
  for (const { entry } of stops) {
    const { project, at, reason } = factsOf(entry);
    say(`${project ?? 'everything'}: since ${at}, by ${entry.by}: ${reason}`);
  }
  return withDatabase(asked, async (database) => {
    let isWhole = true;
    for (const one of await readPresences(database)) {
      const without = stops.filter(({ digest }) => !one.stops.some((held) => held.digest === digest));
      const missing = without.filter(({ seq }) => !hasRead(one, seq));
      const other = one.stops.filter(({ digest }) => !stops.some((held) => held.digest === digest));
      const state = [
        `${stops.length - without.length} of ${stops.length} confirmed`,
        ...(without.length > missing.length ? [`${without.length - missing.length} lifted there`] : []),
        ...other.map((held) => `still stopped there: ${held.project ?? 'everything'}: ${held.reason}`),
      ];
      if (one.lives && missing.length > 0) isWhole = false;
      say(`  ${one.signer}: ${one.lives ? state.join('; ') : `not seen since ${one.seenAt.toISOString()}`}`);
    }
    return isWhole ? 0 : 3;
  });
}

async function withDatabase(asked: Asked, work: (database: Database) => Promise<number>): Promise<number> {
  const database = openDatabase(asked.databaseUrl, () => undefined);
  try {
    return await work(database);
  } catch (error) {
    say(`The database can’t be used: ${messageOf(error)}.`);
    say(
      `This holds for ${asked.file.signer}, which tells the others when the database is back. Without the database no signer signs.`,
    );
    return 3;
  } finally {
    await database.close().catch(() => undefined);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`emergency-stop: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
