/** Emergency stops by signed word: what the portal passes on, judged by the accepted policy, written into the signer's own file. */
import type { Logger } from 'pino';
import { z } from 'zod';
import { judgeStopUnder } from '../../lib/core/emergency-stop/index.ts';
import type { PolicySnapshot } from '../../lib/core/policy/index.ts';
import type { Database } from '../database/index.ts';
import { addStop, liftByWord, readStops } from './stops.ts';

interface Options {
  readonly file: string;
  readonly database: Pick<Database, 'query'>;
  /** The accepted policy; null: not known yet, and nobody's word counts. */
  readonly snapshot: () => PolicySnapshot | null;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
}

export interface StopFollower {
  /** Judges what came in since → whether anything was stopped or lifted. Rejects where the database can't be read. */
  take(): Promise<boolean>;
}

/** Somewhat longer than a statement counts. */
const lookBackMilliseconds = 30 * 60_000;
/** Whoever floods the table with nonsense delays a stop by rounds, and doesn't keep it out: each is judged once. */
const roundMax = 500;
const judgedMax = 20_000;

const rowSchema = z.object({
  id: z.string(),
  statement: z.string().max(8192),
  signature: z.string().max(32_768),
});

export function followStopStatements({ file, database, snapshot, log, now }: Options): StopFollower {
  /** Id → when it was judged. */
  const judged = new Map<string, number>();
  let taking: Promise<unknown> = Promise.resolve();

  const take = async (): Promise<boolean> => {
    const policy = snapshot();
    if (policy === null) return false;
    let changed = false;
    const since = new Date(now().getTime() - lookBackMilliseconds);
    for (const [id, at] of judged) if (at < since.getTime()) judged.delete(id);
    const rows = await database.query(
      // One character more than is read: what is longer is refused unread.
      `SELECT id, left(statement, 8193) AS statement, left(signature, 32769) AS signature
         FROM portal.emergency_stop_submission
        WHERE submitted_at > $1 AND NOT (id = ANY($2::uuid[])) ORDER BY submitted_at, id LIMIT $3`,
      [since, [...judged.keys()], roundMax],
    );
    for (const row of rows) {
      const { id } = z.object({ id: z.string() }).parse(row);
      const parsed = rowSchema.safeParse(row);
      if (parsed.success && (await act(policy, parsed.data))) changed = true;
      // Only once it was acted on: what a full disk kept out is tried again.
      judged.set(id, now().getTime());
      const [oldest] = judged.keys();
      if (judged.size > judgedMax && oldest !== undefined) judged.delete(oldest);
    }
    return changed;
  };

  const act = async (
    policy: PolicySnapshot,
    row: { statement: string; signature: string },
  ): Promise<boolean> => {
    const verdict = judgeStopUnder(policy, row, now());
    if (!verdict.ok) {
      log.warn({ reason: verdict.reason }, 'an emergency stop that doesn’t count');
      return false;
    }
    const { action, project, reason, at } = verdict.statement;
    if (action === 'lift') return liftByWord(file, project, at);
    const newer = (await readStops(file)).find(
      (one) => one.project === project && one.source === 'statement' && one.at >= at,
    );
    if (newer !== undefined) return false;
    const by = `${verdict.handle}, ${verdict.fingerprint}`;
    await addStop(file, { project, reason, at, by, source: 'statement' });
    return true;
  };

  return {
    take() {
      const next = taking.catch(() => undefined).then(take);
      taking = next;
      return next;
    },
  };
}
