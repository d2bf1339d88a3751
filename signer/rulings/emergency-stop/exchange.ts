/**
 * What one signer hears of emergency stops and tells the others: words that the portal passes on, what was said on its host, and
 * what other signers have written into the journal. Each signer verifies every word itself, and keeps the outcome in its own file.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import { judgeStopUnder } from '#core/emergency-stop/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { digestOf, wordOf, type Entry, type LiftEntry } from './entry.ts';
import { appendStopEntries, holdsPlace, readStopEntries, type JournalledStop } from './journalled.ts';
import { give, knows, lift, toldAnew, type StopState } from './state.ts';
import { changeStops, readStops, type StopFile } from './stop-file.ts';

interface Options {
  readonly stops: StopFile;
  readonly database: Database;
  /** The accepted policy; null: not known yet, and nobody's word lifts anything. */
  readonly snapshot: () => PolicySnapshot | null;
  /** Throws where nothing may be written into this database's journal. */
  readonly checkJournal: () => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
}

export interface StopExchange {
  /** Takes in what was said since, and tells it → whether anything was stopped or lifted. Rejects where the database can't be used. */
  take(): Promise<boolean>;
}

/** Somewhat longer than a statement counts. */
const lookBackMilliseconds = 30 * 60_000;
/** Clocks of database and signer may differ by so much; what is dated later is nobody's word yet. */
const aheadMilliseconds = 5 * 60_000;
/**
 * Whoever floods the table with nonsense delays a stop by rounds, and doesn't keep it out: rounds go on where the last one ended, also
 * past what was judged and is forgotten, and begin anew at the end.
 */
const roundMax = 500;
const listedMax = 5000;
const judgedMax = 20_000;

const firstId = '00000000-0000-0000-0000-000000000000';
const placeSchema = z.object({ id: z.string(), at: z.string() });
const rowSchema = z.object({
  id: z.string(),
  statement: z.string().max(8192),
  signature: z.string().max(32_768),
});

export function exchangeStops(options: Options): StopExchange {
  const { stops: file, database, log, now } = options;
  /** Id → when it was judged. */
  const judged = new Map<string, number>();
  /** Where the last round ended; null: at the end of the table. */
  let place: z.infer<typeof placeSchema> | null = null;
  /** Words that lift something, until they are in the journal: they hold by their place in it. */
  let heardLifts: readonly LiftEntry[] = [];
  let taking: Promise<unknown> = Promise.resolve();

  const take = async (): Promise<boolean> => {
    const before = await readStops(file);
    await hear();
    await tellOthers();
    const after = await hearOthers();
    return JSON.stringify(before.stops) !== JSON.stringify(after.stops);
  };

  /** Words that came through the portal. Stops hold at once. */
  const hear = async (): Promise<void> => {
    const policy = options.snapshot();
    if (policy === null) return;
    const since = new Date(now().getTime() - lookBackMilliseconds);
    for (const [id, at] of judged) if (at < since.getTime()) judged.delete(id);
    const ids = await nextRound(since);
    const rows = await database.query(
      // One character more than is read: what is longer is refused unread.
      `SELECT id, left(statement, 8193) AS statement, left(signature, 32769) AS signature
         FROM portal.emergency_stop_submission WHERE id = ANY($1::uuid[]) ORDER BY submitted_at, id`,
      [ids],
    );
    for (const row of rows) {
      const { id } = z.object({ id: z.string() }).parse(row);
      const parsed = rowSchema.safeParse(row);
      const entry = parsed.success ? judge(policy, parsed.data) : null;
      if (entry?.action === 'lift') heardLifts = [...heardLifts, entry];
      if (entry?.action === 'stop')
        await changeStops(file, (state) => give(state, { entry, seq: null, doubt: null, now: now() }));
      // Only once it was acted on: what a full disk kept out is tried again.
      judged.set(id, now().getTime());
      const [oldest] = judged.keys();
      if (judged.size > judgedMax && oldest !== undefined) judged.delete(oldest);
    }
  };

  /** Ids that weren't judged yet, or are forgotten, from where the last round ended. */
  const nextRound = async (since: Date): Promise<readonly string[]> => {
    const listed = z.array(placeSchema).parse(
      await database.query(
        `SELECT id, submitted_at::text AS at FROM portal.emergency_stop_submission
          WHERE submitted_at > $1 AND submitted_at < $2 AND (submitted_at, id) > ($3::timestamptz, $4::uuid)
          ORDER BY submitted_at, id LIMIT $5`,
        [
          since,
          new Date(now().getTime() + aheadMilliseconds),
          place?.at ?? '-infinity',
          place?.id ?? firstId,
          listedMax,
        ],
      ),
    );
    const ids: string[] = [];
    let looked = 0;
    for (const one of listed) {
      if (ids.length === roundMax) break;
      if (!judged.has(one.id)) ids.push(one.id);
      looked += 1;
    }
    place = looked === listedMax || looked < listed.length ? (listed[looked - 1] ?? null) : null;
    return ids;
  };

  const judge = (policy: PolicySnapshot, row: z.infer<typeof rowSchema>): Entry | null => {
    const { statement, signature } = row;
    const verdict = judgeStopUnder(policy, { statement, signature }, now());
    if (!verdict.ok) {
      log.warn({ reason: verdict.reason }, 'an emergency stop that doesn’t count');
      return null;
    }
    const by = `${verdict.handle}, ${verdict.fingerprint}`;
    const { action } = verdict.statement;
    return { action, source: 'statement', statement, signature, by, signer: file.signer };
  };

  const tellOthers = async (): Promise<void> => {
    let state = await readStops(file);
    if (!(await holdsPlace(database, state.through))) state = await changeStops(file, toldAnew);
    const own = [...state.stops, ...state.lifts].filter((one) => one.seq === null).map((one) => one.entry);
    heardLifts = heardLifts.filter((one) => !knows(state, digestOf(one)));
    const entries = [...own, ...heardLifts];
    if (entries.length === 0) return;
    await options.checkJournal();
    await appendStopEntries(database, entries, { through: state.through, now: now() });
    heardLifts = [];
  };

  const hearOthers = async (): Promise<StopState> => {
    let state = await readStops(file);
    let isWaiting = false;
    for (let at = state.through, more = true; more;) {
      const page = await readStopEntries(database, at);
      if (page.entries.length === 0) return state;
      const policy = options.snapshot();
      const taken = page.entries.map((one) => ({ ...one, doubt: doubtOf(policy, one.entry) }));
      // From the first word that can't be verified yet on, everything is looked at again.
      const certain: readonly Judged[] = isWaiting ? [] : untilUncertain(taken);
      isWaiting = certain.length < taken.length;
      state = await changeStops(file, (before) => takeOver(before, taken, certain.at(-1) ?? null));
      at = page.entries.at(-1) ?? null;
      ({ more } = page);
    }
    return state;
  };

  const takeOver = (
    before: StopState,
    entries: readonly Judged[],
    through: Pick<Judged, 'seq' | 'hash'> | null,
  ): StopState => {
    let state = before;
    for (const { seq, entry, doubt } of entries) {
      if (before.through !== null && BigInt(seq) <= BigInt(before.through.seq)) continue;
      const said = { seq, doubt: doubt === undefined ? 'no policy is known yet' : doubt, now: now() };
      state = entry.action === 'stop' ? give(state, { ...said, entry }) : lift(state, { ...said, entry });
      if (entry.action === 'lift' && typeof doubt === 'string')
        log.warn({ seq, reason: doubt }, 'a lift of an emergency stop that doesn’t count');
    }
    return through === null ? state : { ...state, through: { seq: through.seq, hash: through.hash } };
  };

  return {
    take() {
      const next = taking.catch(() => undefined).then(take);
      taking = next;
      return next;
    },
  };
}

/** `doubt`: see doubtOf. */
type Judged = JournalledStop & { readonly doubt: string | null | undefined };

function untilUncertain(entries: readonly Judged[]): readonly Judged[] {
  const first = entries.findIndex((one) => one.doubt === undefined);
  return first === -1 ? entries : entries.slice(0, first);
}

/** Why a word can't be verified; null: it is, or none is needed; undefined: not known before there is a policy. */
function doubtOf(policy: PolicySnapshot | null, entry: Entry): string | null | undefined {
  if (entry.source === 'host') return null;
  if (policy === null) return undefined;
  const word = wordOf(entry);
  if (word === null) return 'it is no such statement';
  // It was fresh to the signer that took it in; what it says of others' stops doesn't change with time.
  const verdict = judgeStopUnder(policy, entry, new Date(word.at));
  return verdict.ok ? null : verdict.reason.slice(0, 500);
}
