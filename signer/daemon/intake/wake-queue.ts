/**
 * Jobs of the portal: check this request, check the policy repository. They are hints, whoever sent them. Each is
 * removed from the queue as it is read; the work itself is found in the tables, without the queue only later.
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
  /** Resolves when running work has ended. */
  stop(): Promise<void>;
}

interface Options {
  readonly database: Pick<Database, 'query'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Considers these requests. Rejects where the database can't be used. */
  readonly onRequests: (ids: readonly RequestId[]) => Promise<void>;
  readonly follow: () => Promise<unknown>;
  /** For the report: how long a request may take to be found without a job. */
  readonly sweepSeconds: number;
  /** Pause after the queue failed. */
  readonly retryMilliseconds?: number;
}

const jobSchema = z.object({ requestId: z.string() });
const pollMilliseconds = 500;
/**
 * One check of the policy serves all jobs so far, and is followed by a rest, so that a flood of jobs doesn't become a
 * flood of fetches.
 */
const batchSize = 200;
const restMilliseconds = 1000;

/** Starts immediately, in the background: while the queue's tables can't be used, it retries and reports that. */
export function openWakeQueue(options: Options): WakeQueue {
  const { database, log, retryMilliseconds = 10_000 } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  let trouble: { readonly since: Date; readonly message: string } | null = {
    since: new Date(),
    message: 'it hasn’t been opened yet',
  };

  /** Takes jobs until stopped or failed. */
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

/** A job's data → the request id that it names, if any, whatever else it contains. */
function requestOf(data: unknown): readonly RequestId[] {
  const parsed = jobSchema.safeParse(data);
  if (!parsed.success) return [];
  try {
    return [parseRequestId(parsed.data.requestId)];
  } catch {
    return [];
  }
}
