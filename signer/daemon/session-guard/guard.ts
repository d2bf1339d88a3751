/**
 * Ends sessions of the portal's database role that obstruct the signer. That role can't lock what the signer works
 * with; but the server's lock table and old row versions are shared, and one session can exhaust them. The portal
 * needs no session that keeps a transaction open for minutes or holds thousands of locks.
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
  /** As a sentence; null: none. */
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
/** How long an ended session is reported. */
const reportedMilliseconds = 3_600_000;
const notAllowed = '42501';
/** PostgreSQL plans a statement five times before it caches a plan. */
const preparingRounds = 6;

/** Named, so that the server keeps it prepared. */
const endSessions = ({ transactionSecondsMax, locksMax }: SessionLimits) => ({
  name: 'end-obstructing-sessions',
  text: 'SELECT pid, open_seconds, held FROM signer.end_obstructing_sessions($1, $2)',
  values: [transactionSecondsMax, locksMax],
});

export function openSessionGuard({ url, limits, log, now, everyMilliseconds = 5000 }: Options): SessionGuard {
  // One connection that is kept even if a statement fails: once the server's lock table is full, no new one can be
  // made. The statement was run on it beforehand, so that the server has to look nothing up any more.
  let connection: pg.Client | null = null;
  const connect = async (): Promise<pg.Client> => {
    if (connection !== null) return connection;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'countersign-signer-guard',
      ...connectionTimeouts,
    });
    const drop = (): void => {
      if (connection === client) connection = null;
    };
    client.on('error', (error) => {
      log.warn({ err: error }, 'database');
      drop();
    });
    client.on('end', drop);
    try {
      await client.connect();
      for (let round = 0; round < preparingRounds; round += 1) await client.query(endSessions(limits));
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    connection = client;
    return client;
  };
  let count = 0;
  let last: { readonly at: Date; readonly what: string } | null = null;
  let failure: string | null = null;

  const runOnce = async (): Promise<void> => {
    try {
      const client = await connect();
      const { rows } = await client
        .query<Record<string, unknown>>(endSessions(limits))
        .catch(async (error: unknown) => {
          // An outstanding answer blocks the connection for good.
          if (isUnanswered(error)) await client.end();
          throw error;
        });
      failure = null;
      for (const row of rows) {
        const { pid, open_seconds: seconds, held } = endedRow.parse(row);
        count += 1;
        const what = `process ${pid} of the portal’s role held a transaction open for ${Math.round(seconds)} s and ${held} locks`;
        last = { at: now(), what };
        log.warn({ pid, seconds, held }, 'ended a session of the portal’s role that obstructed the signer');
      }
    } catch (error) {
      const why = messageOf(error);
      const isForbidden = (error as { code?: unknown }).code === notAllowed;
      const fix = isForbidden ? '; run npm run db:migrate with COUNTERSIGN_SUPERUSER_DATABASE_URL set' : '';
      failure = `sessions of the portal’s role that obstruct the signer can’t be ended: ${why}${fix}`;
    }
  };
  let running: Promise<void> | null = null;
  const tick = (): void => {
    running ??= runOnce().finally(() => {
      running = null;
    });
  };
  tick();
  const timer = setInterval(tick, everyMilliseconds);

  return {
    problem() {
      if (failure !== null) return failure;
      if (last === null || now().getTime() - last.at.getTime() > reportedMilliseconds) return null;
      return `ended ${count} ${count === 1 ? 'session' : 'sessions'} that obstructed the signer, the last at ${last.at.toISOString()}: ${last.what}`;
    },
    ended: () => count,
    async stop() {
      clearInterval(timer);
      await running;
      await connection?.end();
    },
  };
}
