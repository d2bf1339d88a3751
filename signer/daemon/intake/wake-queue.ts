/**
 * Jobs of the portal that say: look at this request, look at the policy repository. They are hints, whoever sent them. Each
 * is taken off the queue as it is read; what is to be done is found in the tables, and without the queue only later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { z } from 'zod';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { messageOf } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { HealthReport } from '../health/index.ts';

export interface WakeQueue {
  health(): HealthReport;
  /** Resolves when what is at work has ended. */
  stop(): Promise<void>;
}

interface Options {
  readonly database: Pick<Database, 'query'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Looks at these requests. Rejects where the database can't be used. */
  readonly onRequests: (ids: readonly RequestId[]) => Promise<void>;
  readonly follow: () => Promise<unknown>;
  /** For the report: how long a request may lie without a job. */
  readonly sweepSeconds: number;
  /** After the queue failed. */
  readonly retryMilliseconds?: number;
}

const jobSchema = z.object({ requestId: z.string() });
const pollMilliseconds = 500;
/** One look at the policy answers all who have asked; a rest after each, so that no flood of jobs becomes one of fetches. */
const batchSize = 200;
const restMilliseconds = 1000;

/** Starts at once and in the background: while the queue's tables can't be used, it tries again and says so. */
export function openWakeQueue(options: Options): WakeQueue {
  const { database, log, retryMilliseconds = 10_000 } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  let trouble: { readonly since: Date; readonly message: string } | null = {
    since: new Date(),
    message: 'it was not opened yet',
  };

  /** Takes jobs until it is stopped or fails. */
  const take = async (boss: PgBoss, name: string, act: (data: readonly unknown[]) => Promise<void>) => {
    while (!signal.aborted) {
      const jobs = await boss.fetch<unknown>(name, { batchSize });
      if (jobs.length > 0) {
        await boss.deleteJob(
          name,
          jobs.map((job) => job.id),
        );
        await act(jobs.map((job) => job.data));
      }
      trouble = null;
      if (jobs.length < batchSize) await pause(pollMilliseconds);
    }
  };
  const onSigning = async (data: readonly unknown[]) => {
    const ids = data.flatMap(requestOf);
    if (ids.length < data.length) log.warn({ jobs: data.length - ids.length }, 'jobs without a request id');
    if (ids.length > 0) await options.onRequests([...new Set(ids)]);
  };
  const onPolicy = async () => {
    await options
      .follow()
      .catch((error: unknown) => log.warn({ err: error }, 'the policy could not be followed'));
    await pause(restMilliseconds);
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const boss = new PgBoss({
        // Over the signer's own connections, with the timeouts that they have.
        db: { executeSql: async (text, values) => ({ rows: [...(await database.query(text, values))] }) },

        migrate: false,
        createSchema: false,
        schedule: false,
        supervise: false,
        registerInstance: false,
      });
      boss.on('error', (error) => log.warn({ err: error }, 'queue'));
      try {
        await boss.start();
        await Promise.all([take(boss, 'signing', onSigning), take(boss, 'policy', onPolicy)]);
      } catch (error) {
        const message = messageOf(error);
        if (trouble?.message !== message) log.warn({ err: error }, 'the queue can’t be used');
        trouble = { since: trouble?.since ?? new Date(), message };
      } finally {
        await boss.stop({ graceful: false }).catch(() => undefined);
      }
      await pause(retryMilliseconds);
    }
  };
  const running = run();

  return {
    health() {
      if (trouble === null) return { state: 'ok', detail: 'jobs are taken as they come' };
      const detail = `can’t be used since ${trouble.since.toISOString()}: ${trouble.message}. Requests are found without it, up to ${options.sweepSeconds} s later`;
      return { state: 'degraded', detail };
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** A job's data → the request that it names; nothing where it names none, whatever else it holds. */
function requestOf(data: unknown): readonly RequestId[] {
  const parsed = jobSchema.safeParse(data);
  if (!parsed.success) return [];
  try {
    return [parseRequestId(parsed.data.requestId)];
  } catch {
    return [];
  }
}
