/**
 * npm run emergency-stop -- --config signer.yaml, on a signer's host:
 *   … --project SLUG --reason TEXT      nothing is signed for this project, by any signer
 *   … --everything --reason TEXT        nothing is signed at all
 *   … --project SLUG --lift             resumes signing
 *   …                                   lists what is stopped, and which signers have confirmed it
 * Waits up to `--wait` seconds (30) for the running signers. Exit status: 0 all of them have confirmed, 3 not all
 * have, or the
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
import { addStop, applyLift, liftLocally, nothingStopped, type ActiveStop, type StopState } from './state.ts';
import { changeStops, readStops, stopFileOf, type StopFile } from './stop-file.ts';
import { journalOwnEntries, waitForSigners } from './publish.ts';

const usage =
  'usage: npm run emergency-stop -- --config FILE [--project SLUG | --everything] [--reason TEXT | --lift] [--wait SECONDS]';
const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Command {
  readonly file: StopFile;
  readonly databaseUrl: string;
  /** null: all projects. */
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
  const command: Command = { file, databaseUrl, project: project ?? null, waitSeconds: Number(values.wait) };
  if (values.lift) return liftStop(command);
  if (!named) return list(command);
  // A host that never ran its signer has no file yet; one that lost it signs nothing anyway.
  const hadOne = await readAnchor(config.journalAnchor).then(
    (anchor) => anchor?.stops !== undefined,
    () => true,
  );
  return stop(command, reason ?? '', hadOne);
}

async function stop(command: Command, reason: string, hadFile: boolean): Promise<number> {
  const { file, project } = command;
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
  const incoming = { entry, seq: null, doubt: null, now: new Date() };
  try {
    await changeStops(file, (state) => addStop(state, incoming), hadFile ? null : nothingStopped);
  } catch (error) {
    if (!(error instanceof StopRecordError)) throw error;
    // This signer signs nothing at all; the others must be told all the same.
    print(`  ${error.message}.`);
  }
  print(`${project ?? 'everything'}: nothing is signed any more, requests at work included.`);
  if (lock === null)
    print(`  ${file.file}.secret can’t be used: each host will have to lift this for its own signer.`);
  const digest = digestOf(entry);
  return publish(command, entry, (state) => state.stops.some((held) => held.digest === digest));
}

async function liftStop(command: Command): Promise<number> {
  const { file, project } = command;
  const what = project ?? 'everything';
  const found = (await readStops(file)).stops.filter((stop) => factsOf(stop.entry).project === project);
  if (found.length === 0) {
    print(`${what} was not stopped.`);
    return 0;
  }
  const keys = await keysOf(file, found);
  const own = found.filter((stop) => stop.entry.source === 'host' && keys.has(stop.entry.lock ?? ''));
  const others = found.filter((stop) => !own.includes(stop));
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
    if (own.length > 0) changed = applyLift(changed, { entry, seq: null, doubt: null, now: new Date() });
    return liftLocally(changed, new Set(others.map((other) => other.digest)));
  });
  const left = (await readStops(file)).stops.filter((stop) => factsOf(stop.entry).project === project);
  print(
    left.length === 0
      ? `${what}: signing resumes.`
      : `${what}: stopped again meanwhile: ${left.map((stop) => factsOf(stop.entry).reason).join('; ')}`,
  );
  for (const { entry: other } of others)
    print(
      other.source === 'statement'
        ? `  Lifted for ${file.signer} alone: it was stopped by a statement of ${other.by}. Elsewhere a policy maintainer lifts it at /emergency-stop.`
        : `  Lifted for ${file.signer} alone: it was given on the host of ${other.signer}. Lifted there, it is lifted everywhere.`,
    );
  const lifted = new Set(own.map((stop) => stop.digest));
  return publish(command, null, (state) => !state.stops.some((held) => lifted.has(held.digest)));
}

/** Lock → key, of the stops given on this host. */
async function keysOf(file: StopFile, found: readonly ActiveStop[]): Promise<ReadonlyMap<string, string>> {
  const lock = await openHostLock(`${file.file}.secret`);
  const keys = new Map<string, string>();
  for (const { entry } of found) {
    if (lock === null || entry.source !== 'host') continue;
    const key = lock.keyOf(entry.id);
    if (lockOf(key) === entry.lock) keys.set(entry.lock, key);
  }
  return keys;
}

async function publish(
  command: Command,
  entry: Entry | null,
  isDone: (presence: Presence) => boolean,
): Promise<number> {
  return withDatabase(command, async (database) => {
    await journalOwnEntries(command.file, database, { entry, now: new Date() });
    return (await waitForSigners({ database, isDone, seconds: command.waitSeconds, print: print })) ? 0 : 3;
  });
}

async function list(command: Command): Promise<number> {
  const { stops } = await readStops(command.file);
  if (stops.length === 0) print('Nothing is stopped.');
  for (const { entry } of stops) {
    const { project, at, reason } = factsOf(entry);
    print(`${project ?? 'everything'}: since ${at}, by ${entry.by}: ${reason}`);
  }
  return withDatabase(command, async (database) => {
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
      if (one.isAlive && missing.length > 0) isWhole = false;
      print(
        `  ${one.signer}: ${one.isAlive ? state.join('; ') : `${one.isStopped ? 'stopped' : 'not seen'} since ${one.seenAt.toISOString()}`}`,
      );
    }
    return isWhole ? 0 : 3;
  });
}

async function withDatabase(
  command: Command,
  work: (database: Database) => Promise<number>,
): Promise<number> {
  const database = openDatabase(command.databaseUrl, () => undefined);
  try {
    return await work(database);
  } catch (error) {
    print(`The database can’t be used: ${messageOf(error)}.`);
    print(
      `This applies to ${command.file.signer}, which informs the others when the database is back. Without the database no signer signs.`,
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
