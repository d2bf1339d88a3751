/** What is stopped at one signer, and how that changes with what is said. Pure. */
import { z } from 'zod';
import { liftEntrySchema, stopEntrySchema } from '#core/wire/journal/index.ts';
import { digestOf, factsOf, wordOf, type Entry, type LiftEntry, type StopEntry } from './entry.ts';
import { lockOf } from './lock.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.string().regex(/^\d{1,19}$/);
/** Number of the journal's entry; null: it isn't in the journal yet. */
const place = seq.nullable();
const heldSchema = z.strictObject({
  entry: stopEntrySchema,
  digest: hex,
  seq: place,
  /** Why this signer couldn't verify the word; null: it did, or there is none. It stops all the same. */
  doubt: z.string().max(500).nullable(),
  /** When it came into this file. */
  since: z.iso.datetime(),
});

export const stateSchema = z.strictObject({
  version: z.literal(2),
  /** Grows with every change: one that is smaller than the signer remembers is an old file. */
  revision: z.int().min(1),
  /** The last entry of the journal that was taken over; null: none. */
  through: z.strictObject({ seq, hash: hex }).nullable(),
  stops: z.array(heldSchema).max(10_000),
  /** The newest lifts, for a database that has lost them. */
  lifts: z.array(z.strictObject({ entry: liftEntrySchema, digest: hex, seq: place })).max(200),
  /** What was lifted or replaced lately: said again, it means nothing new. */
  past: z.array(z.strictObject({ digest: hex, at: z.iso.datetime() })).max(5000),
  /** What this host has lifted for its own signer, whoever gave it. */
  liftedHere: z.array(hex).max(5000),
});

export type StopState = z.infer<typeof stateSchema>;
export type HeldStop = z.infer<typeof heldSchema>;

export const nothingStopped: StopState = {
  version: 2,
  revision: 1,
  through: null,
  stops: [],
  lifts: [],
  past: [],
  liftedHere: [],
};

/** Longer than a word counts, so that none is taken in twice. */
const pastMilliseconds = 60 * 60_000;

export interface Said<E extends Entry> {
  readonly entry: E;
  readonly seq: string | null;
  /** Why the word behind it can't be verified; null: it was, or none is needed. */
  readonly doubt: string | null;
  readonly now: Date;
}

export function knows(state: StopState, digest: string): boolean {
  return (
    [...state.stops, ...state.lifts, ...state.past].some((one) => one.digest === digest) ||
    state.liftedHere.includes(digest)
  );
}

/** A newer stop of the same project from the same place stands for the older one: what lifts the older lifts it not. */
export function give(state: StopState, { entry, seq: at, doubt, now }: Said<StopEntry>): StopState {
  const digest = digestOf(entry);
  const known = state.stops.find((one) => one.digest === digest);
  if (known !== undefined) {
    const same = { ...known, seq: known.seq ?? at, doubt: known.doubt === null ? null : doubt };
    return { ...state, stops: state.stops.map((one) => (one === known ? same : one)) };
  }
  if (state.liftedHere.includes(digest) || state.past.some((one) => one.digest === digest)) return state;
  const held: HeldStop = { entry, digest, seq: at, doubt, since: now.toISOString() };
  const slot = slotOf(held);
  const others = state.stops.filter((one) => slotOf(one) !== slot);
  const before = state.stops.filter((one) => slotOf(one) === slot);
  const later = before.find((one) => factsOf(one.entry).at > factsOf(entry).at);
  if (entry.source === 'statement' && later !== undefined) return remember(state, [held], now);
  return remember({ ...state, stops: [...others, held] }, before, now);
}

const slotOf = ({ entry, doubt }: HeldStop): string =>
  JSON.stringify([
    ...[factsOf(entry).project, entry.source, doubt !== null],
    entry.source === 'host' ? entry.signer : '',
  ]);

/** Lifts what the proof is for. A word lifts what was said by word before it, in time and in the journal. */
export function lift(state: StopState, { entry, seq: at, doubt, now }: Said<LiftEntry>): StopState {
  const digest = digestOf(entry);
  const isLifted = liftsOf(entry, at, doubt);
  const lifted = state.stops.filter(isLifted);
  const known = state.lifts.filter((one) => one.digest !== digest);
  const lifts = doubt === null ? [...known, { entry, digest, seq: at }].slice(-200) : [...state.lifts];
  const stops = state.stops.filter((one) => !lifted.includes(one));
  return remember({ ...state, lifts, stops }, [...lifted, ...(doubt === null ? [{ digest }] : [])], now);
}

function liftsOf(entry: LiftEntry, at: string | null, doubt: string | null): (one: HeldStop) => boolean {
  if (doubt !== null) return () => false;
  if (entry.source === 'host') {
    const locks = new Set(entry.keys.map(lockOf));
    return (one) => one.entry.source === 'host' && one.entry.lock !== null && locks.has(one.entry.lock);
  }
  const word = wordOf(entry);
  return (one) =>
    word !== null &&
    one.entry.source === 'statement' &&
    factsOf(one.entry).project === word.project &&
    factsOf(one.entry).at <= word.at &&
    // One that isn't in the journal yet was given meanwhile.
    one.seq !== null &&
    at !== null &&
    BigInt(one.seq) < BigInt(at);
}

/** What the host lifts for its own signer, without a proof for others. */
export function liftHere(state: StopState, digests: ReadonlySet<string>): StopState {
  const lifted = state.stops.filter((one) => digests.has(one.digest));
  const liftedHere = [...new Set([...state.liftedHere, ...lifted.map((one) => one.digest)])].slice(-5000);
  return { ...state, liftedHere, stops: state.stops.filter((one) => !digests.has(one.digest)) };
}

/** The database isn't the one that the file's places are from: everything in it is told again. */
export function toldAnew(state: StopState): StopState {
  const anew = <T extends { readonly seq: string | null }>(all: readonly T[]) =>
    all.map((one) => ({ ...one, seq: null }));
  return { ...state, through: null, stops: anew(state.stops), lifts: anew(state.lifts) };
}

function remember(state: StopState, gone: readonly Pick<HeldStop, 'digest'>[], now: Date): StopState {
  const since = new Date(now.getTime() - pastMilliseconds).toISOString();
  const past = [
    ...state.past.filter((one) => one.at >= since && !gone.some(({ digest }) => digest === one.digest)),
    ...gone.map((one) => ({ digest: one.digest, at: now.toISOString() })),
  ];
  return { ...state, past: past.slice(-5000) };
}
