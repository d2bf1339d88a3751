/**
 * How signers share emergency stops: statements that the portal passes on, stops and lifts of this host, and what
 * other signers have written into the journal. Each signer verifies every statement itself and keeps the outcome in
 * its own file.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import { judgeStopUnder } from '#core/emergency-stop/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { digestOf, statementOf, type Entry, type LiftEntry } from './entry.ts';
import { appendStopEntries, hasEntry, readStopEntries, type JournalledStop } from './journalled.ts';
import { addStop, isKnown, applyLift, resetPositions, type StopState } from './state.ts';
import { changeStops, readStops, type StopFile } from './stop-file.ts';

interface Options {
  readonly stops: StopFile;
  readonly database: Database;
  /** The accepted policy; null: not known yet, and no statement lifts anything. */
  readonly snapshot: () => PolicySnapshot | null;
  /** Throws where nothing may be written into this database's journal. */
  readonly checkJournal: () => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
}

export interface StopExchange {
  /**
   * Reads what is new and journals what isn't there yet → whether anything was stopped or lifted. Rejects where the
   * database can't be used.
   */
  sync(): Promise<boolean>;
}

/** Somewhat longer than a statement is valid. */
const windowMilliseconds = 30 * 60_000;
/** Clocks of database and signer may differ by this much; what is dated later is not read yet. */
const aheadMilliseconds = 5 * 60_000;
/**
 * Flooding the table with nonsense delays a stop by some rounds but can't keep it out: each round continues where the
 * last one ended, also past what was judged and forgotten, and starts over at the end.
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
  /** Verified lifts that aren't in the journal yet: they take effect by their position in it. */
  let pendingLifts: readonly LiftEntry[] = [];
  let running: Promise<unknown> = Promise.resolve();

  const take = async (): Promise<boolean> => {
    const before = await readStops(file);
    await readSubmissions();
    await writeJournal();
    const after = await readJournal();
    return JSON.stringify(before.stops) !== JSON.stringify(after.stops);
  };

  /** Statements that came through the portal. Stops apply at once. */
  const readSubmissions = async (): Promise<void> => {
    const policy = options.snapshot();
    if (policy === null) return;
    const since = new Date(now().getTime() - windowMilliseconds);
    for (const [id, at] of judged) if (at < since.getTime()) judged.delete(id);
    const ids = await nextRound(since);
    if (ids.length === 0) return;
    const rows = await database.query(
      // One character more than is accepted, so that longer ones are recognised and refused.
      `SELECT id, left(statement, 8193) AS statement, left(signature, 32769) AS signature
         FROM portal.emergency_stop_submission WHERE id = ANY($1::uuid[]) ORDER BY submitted_at, id`,
      [ids],
    );
    for (const row of rows) {
      const { id } = z.object({ id: z.string() }).parse(row);
      const parsed = rowSchema.safeParse(row);
      const entry = parsed.success ? judge(policy, parsed.data) : null;
      if (entry?.action === 'lift') pendingLifts = [...pendingLifts, entry];
      if (entry?.action === 'stop')
        await changeStops(file, (state) => addStop(state, { entry, seq: null, doubt: null, now: now() }));
      // Only after it took effect: what failed on a full disk is tried again.
      judged.set(id, now().getTime());
      const [oldest] = judged.keys();
      if (judged.size > judgedMax && oldest !== undefined) judged.delete(oldest);
    }
  };

  /** Ids that weren't judged yet, or whose judgement was forgotten, from where the last round ended. */
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
    let examined = 0;
    for (const one of listed) {
      if (ids.length === roundMax) break;
      if (!judged.has(one.id)) ids.push(one.id);
      examined += 1;
    }
    place = examined === listedMax || examined < listed.length ? (listed[examined - 1] ?? null) : null;
    return ids;
  };

  const judge = (policy: PolicySnapshot, row: z.infer<typeof rowSchema>): Entry | null => {
    const { statement, signature } = row;
    const verdict = judgeStopUnder(policy, { statement, signature }, now());
    if (!verdict.ok) {
      log.warn({ reason: verdict.reason }, 'an emergency stop was not accepted');
      return null;
    }
    const by = `${verdict.handle}, ${verdict.fingerprint}`;
    const { action } = verdict.statement;
    return { action, source: 'statement', statement, signature, by, signer: file.signer };
  };

  const writeJournal = async (): Promise<void> => {
    let state = await readStops(file);
    if (!(await hasEntry(database, state.through))) state = await changeStops(file, resetPositions);
    const own = [...state.stops, ...state.lifts]
      .filter((item) => item.seq === null)
      .map((item) => item.entry);
    pendingLifts = pendingLifts.filter((pendingLift) => !isKnown(state, digestOf(pendingLift)));
    const entries = [...own, ...pendingLifts];
    if (entries.length === 0) return;
    await options.checkJournal();
    await appendStopEntries(database, entries, { through: state.through, now: now() });
    pendingLifts = [];
  };

  const readJournal = async (): Promise<StopState> => {
    let state = await readStops(file);
    let isWaiting = false;
    for (let at = state.through, more = true; more;) {
      const page = await readStopEntries(database, at);
      if (page.entries.length === 0) return state;
      const policy = options.snapshot();
      const judgedEntries = page.entries.map((entry) => ({ ...entry, doubt: doubtOf(policy, entry.entry) }));
      // Everything from the first statement that can't be verified yet is read again next time.
      const verifiable: readonly Judged[] = isWaiting ? [] : beforeUnverifiable(judgedEntries);
      isWaiting = verifiable.length < judgedEntries.length;
      state = await changeStops(file, (before) =>
        applyEntries(before, judgedEntries, verifiable.at(-1) ?? null),
      );
      at = page.entries.at(-1) ?? null;
      ({ more } = page);
    }
    return state;
  };

  const applyEntries = (
    before: StopState,
    entries: readonly Judged[],
    through: Pick<Judged, 'seq' | 'hash'> | null,
  ): StopState => {
    let state = before;
    for (const { seq, entry, doubt } of entries) {
      if (before.through !== null && BigInt(seq) <= BigInt(before.through.seq)) continue;
      const incoming = { seq, doubt: doubt === undefined ? 'no policy is known yet' : doubt, now: now() };
      state =
        entry.action === 'stop'
          ? addStop(state, { ...incoming, entry })
          : applyLift(state, { ...incoming, entry });
      if (entry.action === 'lift' && typeof doubt === 'string')
        log.warn({ seq, reason: doubt }, 'a lift of an emergency stop was not accepted');
    }
    return through === null ? state : { ...state, through: { seq: through.seq, hash: through.hash } };
  };

  return {
    sync() {
      const next = running.catch(() => undefined).then(take);
      running = next;
      return next;
    },
  };
}

/** `doubt`: see doubtOf. */
type Judged = JournalledStop & { readonly doubt: string | null | undefined };

function beforeUnverifiable(entries: readonly Judged[]): readonly Judged[] {
  const first = entries.findIndex((entry) => entry.doubt === undefined);
  return first === -1 ? entries : entries.slice(0, first);
}

/** Why a statement can't be verified; null: it was, or there is none; undefined: unknown until there is a policy. */
function doubtOf(policy: PolicySnapshot | null, entry: Entry): string | null | undefined {
  if (entry.source === 'host') return null;
  if (policy === null) return undefined;
  const statement = statementOf(entry);
  if (statement === null) return 'it is not an emergency stop statement';
  // Freshness was checked by the signer that accepted it; here it is verified as of its own time.
  const verdict = judgeStopUnder(policy, entry, new Date(statement.at));
  return verdict.ok ? null : verdict.reason.slice(0, 500);
}
