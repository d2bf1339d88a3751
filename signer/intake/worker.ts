/**
 * What makes the signer look at a request: a job in the queue, and a sweep over the tables. The queue makes it
 * fast; the sweep makes it certain, because it needs nothing but the tables to find what is to be done.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { parseRequestId, type RequestId } from '../../lib/core/ids/index.ts';
import { findDue } from '../requests/index.ts';
import type { SignerContext } from './context.ts';
import { processRequest } from './process.ts';
import { followOnDemand } from './wake-policy.ts';

export interface Worker {
  /** Stops taking new work and waits for what is at work. */
  stop(): Promise<void>;
}

const queue = 'signing';
const jobSchema = z.object({ requestId: z.string().transform((value) => parseRequestId(value)) });
const sweepLimit = 50;

export async function startWorker(context: SignerContext): Promise<Worker> {
  const active = new Map<RequestId, Promise<void>>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;

  const take = (id: RequestId): Promise<void> => {
    const running = active.get(id);
    if (running !== undefined) return running;
    // What goes wrong here is out of reach for the request; the next sweep finds it as it was left.
    const work = processRequest(context, id)
      .catch((error: unknown) => context.log.error({ requestId: id, err: error }, 'processing stopped'))
      .finally(() => active.delete(id));
    active.set(id, work);
    return work;
  };

  // A job says that somebody asked, the tables say whether there is anything to do: repeated jobs cost a look.
  const wake = async (id: RequestId): Promise<void> => {
    const due = await findDue(context.database, context.now(), 1, id);
    if (due.length > 0 && !isStopping()) await take(id);
  };
  const boss = await startQueue(context, wake);

  const sweeping = (async () => {
    while (!isStopping()) {
      try {
        const due = await findDue(context.database, context.now(), sweepLimit);
        for (const id of due) {
          while (active.size >= context.config.concurrency) await Promise.race(active.values());
          if (isStopping()) break;
          void take(id);
        }
      } catch (error) {
        // The database is gone for now; nothing is decided without it.
        context.log.error({ err: error }, 'the sweep failed; trying again');
      }
      await sleep(context.config.sweepSeconds * 1000, undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  })();

  return {
    async stop() {
      stopping.abort();
      await boss
        ?.stop({ graceful: true, timeout: 30_000 })
        .catch((error: unknown) => context.log.error({ err: error }, 'queue'));
      await sweeping;
      await Promise.allSettled(active.values());
    },
  };
}

/** null where the queue can't be used: the portal's role may write its tables, and the sweep needs none of them. */
async function startQueue(
  context: SignerContext,
  wake: (id: RequestId) => Promise<void>,
): Promise<PgBoss | null> {
  const boss = new PgBoss({
    connectionString: context.config.databaseUrl,
    application_name: 'countersign-signer-queue',
    max: 3,
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: false,
  });
  boss.on('error', (error) => context.log.error({ err: error }, 'queue'));
  try {
    await boss.start();
    await boss.work<unknown>(queue, { pollingIntervalSeconds: 0.5, batchSize: 1 }, async (jobs) => {
      for (const job of jobs) {
        const parsed = jobSchema.safeParse(job.data);
        // Anybody with the portal's role can put nonsense into the queue; it wakes nobody.
        if (!parsed.success) context.log.warn({ jobId: job.id }, 'a job without a request id');
        else await wake(parsed.data.requestId);
      }
    });
    const follow = async () => context.revocations.learn(await context.policy.refresh());
    await followOnDemand(boss, { follow, log: context.log });
    return boss;
  } catch (error) {
    context.log.error({ err: error }, 'the queue can’t be used; requests are found by the sweep alone');
    await boss.stop({ graceful: false }).catch(() => undefined);
    return null;
  }
}
