/** What is stopped at one signer, and how stops and lifts change it. Pure. */
import { z } from 'zod';
import { liftEntrySchema, stopEntrySchema } from '#core/wire/journal/index.ts';
import { digestOf, factsOf, statementOf, type Entry, type LiftEntry, type StopEntry } from './entry.ts';
import { lockOf } from './lock.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.string().regex(/^\d{1,19}$/);
/** Sequence number of its journal entry; null: it isn't in the journal yet. */
const place = seq.nullable();
const heldSchema = z.strictObject({
  entry: stopEntrySchema,
  digest: hex,
  seq: place,
  /** Why this signer couldn't verify the statement; null: it did, or there is none. The stop applies all the same. */
  doubt: z.string().max(500).nullable(),
  /** When it was added to this file. */
  since: z.iso.datetime(),
});

export const stateSchema = z.strictObject({
  version: z.literal(2),
  /** Incremented with every change: a file with a lower revision than the signer remembers is an old one. */
  revision: z.int().min(1),
  /** The last journal entry that was applied; null: none. */
  through: z.strictObject({ seq, hash: hex }).nullable(),
  stops: z.array(heldSchema).max(10_000),
  /** The newest lifts, in case the database loses them. */
  lifts: z.array(z.strictObject({ entry: liftEntrySchema, digest: hex, seq: place })).max(200),
  /** Digests of what was lifted or replaced recently: repeated, they have no effect. */
  past: z.array(z.strictObject({ digest: hex, at: z.iso.datetime() })).max(5000),
  /** Stops that this host has lifted for its own signer, wherever they came from. */
  liftedHere: z.array(hex).max(5000),
});

export type StopState = z.infer<typeof stateSchema>;
export type ActiveStop = z.infer<typeof heldSchema>;

export const nothingStopped: StopState = {
  version: 2,
  revision: 1,
  through: null,
  stops: [],
  lifts: [],
  past: [],
  liftedHere: [],
};

/** Longer than a statement is valid, so that none is applied twice. */
const pastMilliseconds = 60 * 60_000;

export interface Incoming<E extends Entry> {
  readonly entry: E;
  readonly seq: string | null;
  /** Why its statement can't be verified; null: it was, or none is needed. */
  readonly doubt: string | null;
  readonly now: Date;
}

export function isKnown(state: StopState, digest: string): boolean {
  return (
    [...state.stops, ...state.lifts, ...state.past].some((item) => item.digest === digest) ||
    state.liftedHere.includes(digest)
  );
}

/** A newer stop of the same project from the same source replaces the older one; a lift of the older doesn't lift it. */
export function addStop(state: StopState, { entry, seq: at, doubt, now }: Incoming<StopEntry>): StopState {
  const digest = digestOf(entry);
  const known = state.stops.find((stop) => stop.digest === digest);
  if (known !== undefined) {
    const same = { ...known, seq: known.seq ?? at, doubt: known.doubt === null ? null : doubt };
    return { ...state, stops: state.stops.map((stop) => (stop === known ? same : stop)) };
  }
  if (state.liftedHere.includes(digest) || state.past.some((item) => item.digest === digest)) return state;
  const held: ActiveStop = { entry, digest, seq: at, doubt, since: now.toISOString() };
  const slot = slotOf(held);
  const others = state.stops.filter((stop) => slotOf(stop) !== slot);
  const before = state.stops.filter((stop) => slotOf(stop) === slot);
  const later = before.find((other) => factsOf(other.entry).at > factsOf(entry).at);
  if (entry.source === 'statement' && later !== undefined) return recordPast(state, [held], now);
  return recordPast({ ...state, stops: [...others, held] }, before, now);
}

const slotOf = ({ entry, doubt }: ActiveStop): string =>
  JSON.stringify([
    factsOf(entry).project,
    entry.source,
    doubt !== null,
    entry.source === 'host' ? entry.signer : '',
  ]);

/** Lifts what the proof covers. A statement lifts the stops by statement that precede it, in time and in the journal. */
export function applyLift(state: StopState, { entry, seq: at, doubt, now }: Incoming<LiftEntry>): StopState {
  const digest = digestOf(entry);
  const isLifted = liftsOf(entry, at, doubt);
  const lifted = state.stops.filter(isLifted);
  const known = state.lifts.filter((lift) => lift.digest !== digest);
  const lifts = doubt === null ? [...known, { entry, digest, seq: at }].slice(-200) : [...state.lifts];
  const stops = state.stops.filter((stop) => !lifted.includes(stop));
  return recordPast({ ...state, lifts, stops }, [...lifted, ...(doubt === null ? [{ digest }] : [])], now);
}

function liftsOf(entry: LiftEntry, at: string | null, doubt: string | null): (one: ActiveStop) => boolean {
  if (doubt !== null) return () => false;
  if (entry.source === 'host') {
    const locks = new Set(entry.keys.map(lockOf));
    return (stop) => stop.entry.source === 'host' && stop.entry.lock !== null && locks.has(stop.entry.lock);
  }
  const statement = statementOf(entry);
  return (stop) =>
    statement !== null &&
    stop.entry.source === 'statement' &&
    factsOf(stop.entry).project === statement.project &&
    factsOf(stop.entry).at <= statement.at &&
    // A stop that isn't in the journal yet came later.
    stop.seq !== null &&
    at !== null &&
    BigInt(stop.seq) < BigInt(at);
}

/** Lifts stops for this host's signer alone, without proof for others. */
export function liftLocally(state: StopState, digests: ReadonlySet<string>): StopState {
  const lifted = state.stops.filter((stop) => digests.has(stop.digest));
  const liftedHere = [...new Set([...state.liftedHere, ...lifted.map((stop) => stop.digest)])].slice(-5000);
  return { ...state, liftedHere, stops: state.stops.filter((stop) => !digests.has(stop.digest)) };
}

/** For a database other than the one that the file's positions refer to: everything is to be journalled again. */
export function resetPositions(state: StopState): StopState {
  const withoutPosition = <T extends { readonly seq: string | null }>(all: readonly T[]) =>
    all.map((item) => ({ ...item, seq: null }));
  return {
    ...state,
    through: null,
    stops: withoutPosition(state.stops),
    lifts: withoutPosition(state.lifts),
  };
}

function recordPast(state: StopState, removed: readonly Pick<ActiveStop, 'digest'>[], now: Date): StopState {
  const since = new Date(now.getTime() - pastMilliseconds).toISOString();
  const past = [
    ...state.past.filter((item) => item.at >= since && !removed.some(({ digest }) => digest === item.digest)),
    ...removed.map((item) => ({ digest: item.digest, at: now.toISOString() })),
  ];
  return { ...state, past: past.slice(-5000) };
}
