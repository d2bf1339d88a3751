/**
 * Ends sessions of the portal's database role that are in the signer's way. That role can't lock what the signer works with;
 * but the server's table of locks and its memory of old row versions are everybody's, and one session can fill them. A
 * session that holds a transaction open for minutes, or locks by the thousand, is none that the portal needs.
 */
import pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import { messageOf } from '../../ground/availability/index.ts';
import { connectionTimeouts, isUnanswered } from '../../ground/database/index.ts';

export interface SessionLimits {
  /** Longer than any transaction of the portal takes. */
  readonly transactionSecondsMax: number;
  /** Of one session; the whole server has some tens of thousands. */
  readonly locksMax: number;
}

export interface SessionGuard {
  /** In words; null: nothing to say. */
  problem(): string | null;
  /** Sessions ended since the signer started. */
  ended(): number;
  stop(): Promise<void>;
}

interface Options {
  readonly url: string;
  readonly limits: SessionLimits;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
  readonly everyMilliseconds?: number;
}

const endedRow = z.object({ pid: z.number(), open_seconds: z.coerce.number(), held: z.coerce.number() });
/** For so long what happened is told of. */
const toldMilliseconds = 3_600_000;
const notAllowed = '42501';
/** PostgreSQL plans a statement anew five times before it keeps a plan. */
const roundsBeforehand = 6;

/** By name, so that the server keeps it prepared. */
const question = ({ transactionSecondsMax, locksMax }: SessionLimits) => ({
  name: 'end-obstructing-sessions',
  text: 'SELECT pid, open_seconds, held FROM signer.end_obstructing_sessions($1, $2)',
  values: [transactionSecondsMax, locksMax],
});

export function openSessionGuard({ url, limits, log, now, everyMilliseconds = 5000 }: Options): SessionGuard {
  // One connection that is kept whatever a statement meets: once the server has no room for locks left, no new one can be
  // made. What it asks was asked on it before, so that the server needs to look nothing up any more.
  let kept: pg.Client | null = null;
  const connected = async (): Promise<pg.Client> => {
    if (kept !== null) return kept;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'countersign-signer-guard',
      ...connectionTimeouts,
    });
    const drop = (): void => {
      if (kept === client) kept = null;
    };
    client.on('error', (error) => {
      log.warn({ err: error }, 'database');
      drop();
    });
    client.on('end', drop);
    try {
      await client.connect();
      for (let round = 0; round < roundsBeforehand; round += 1) await client.query(question(limits));
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    kept = client;
    return client;
  };
  let count = 0;
  let last: { readonly at: Date; readonly what: string } | null = null;
  let trouble: string | null = null;

  const look = async (): Promise<void> => {
    try {
      const client = await connected();
      const { rows } = await client
        .query<Record<string, unknown>>(question(limits))
        .catch(async (error: unknown) => {
          // An answer that is still to come blocks the connection for good.
          if (isUnanswered(error)) await client.end();
          throw error;
        });
      trouble = null;
      for (const row of rows) {
        const { pid, open_seconds: seconds, held } = endedRow.parse(row);
        count += 1;
        const what = `process ${pid} of the portal’s role held a transaction open for ${Math.round(seconds)} s and ${held} locks`;
        last = { at: now(), what };
        log.warn({ pid, seconds, held }, 'ended a session of the portal’s role that was in the way');
      }
    } catch (error) {
      const why = messageOf(error);
      const isForbidden = (error as { code?: unknown }).code === notAllowed;
      const fix = isForbidden ? '; run npm run db:migrate with COUNTERSIGN_SUPERUSER_DATABASE_URL set' : '';
      trouble = `sessions of the portal’s role that are in the way can’t be ended: ${why}${fix}`;
    }
  };
  let looking: Promise<void> | null = null;
  const tick = (): void => {
    looking ??= look().finally(() => {
      looking = null;
    });
  };
  tick();
  const timer = setInterval(tick, everyMilliseconds);

  return {
    problem() {
      if (trouble !== null) return trouble;
      if (last === null || now().getTime() - last.at.getTime() > toldMilliseconds) return null;
      return `ended ${count} ${count === 1 ? 'session' : 'sessions'} that were in the way, the last at ${last.at.toISOString()}: ${last.what}`;
    },
    ended: () => count,
    async stop() {
      clearInterval(timer);
      await looking;
      await kept?.end();
    },
  };
}
