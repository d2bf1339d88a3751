/**
 * Processes up to `concurrency` requests at a time. A free place takes the request whose turn it is: after every
 * sweep over the tables, when a job names a request, and when another request is done. The queue makes it fast; the
 * sweep makes it certain, because it needs nothing but the tables.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestId } from '#core/ids/index.ts';
import { messageOf } from '../../ground/availability/index.ts';
import type { Lease, PassEnd, Turn, Turns } from '../turns/index.ts';
import type { SignerContext } from './context.ts';

export interface Worker {
  /** Considers these requests now. Rejects where the database can't be used. */
  ask(ids: readonly RequestId[]): Promise<void>;
  status(): WorkerStatus;
  /** Stops taking new work and waits for running work. */
  stop(): Promise<void>;
}

export interface WorkerStatus {
  readonly startedAt: Date;
  /** When the last sweep was completed; null: none has been yet. */
  readonly sweptAt: Date | null;
  /** Why the last sweep failed; null: it didn't. */
  readonly sweepProblem: string | null;
  /** Why the last attempt to take a request failed; null: it didn't. */
  readonly takeProblem: string | null;
  readonly places: number;
  readonly atWork: readonly { readonly requestId: RequestId; readonly since: Date }[];
}

interface WorkerOptions {
  readonly turns: Turns;
  /** Whether this signer may take a request now: false while it is behind others. */
  readonly mayTake: () => Promise<boolean>;
  /** One pass of one request. */
  readonly process: (turn: Turn) => Promise<PassEnd>;
  readonly config: Pick<SignerContext['config'], 'concurrency' | 'sweepSeconds' | 'retry'>;
  readonly log: Pick<SignerContext['log'], 'warn' | 'error'>;
  readonly now: () => Date;
}

/** A killed signer's requests are free after this long; a running one renews its leases three times as often. */
export const leaseSeconds = 60;

export function startWorker({ turns, mayTake, process, config, log, now }: WorkerOptions): Worker {
  const active = new Map<
    RequestId,
    { readonly lease: Lease; readonly since: Date; readonly work: Promise<void> }
  >();
  /** Leases that could not be given back while the database was away: without this, their requests would wait until those expire. */
  const owed = new Map<RequestId, () => Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const startedAt = now();
  let sweptAt: Date | null = null;
  let sweepProblem: string | null = null;
  let takeProblem: string | null = null;

  const work = async (turn: Turn): Promise<void> => {
    const { requestId } = turn;
    let end: PassEnd;
    try {
      end = await process(turn);
    } catch (error) {
      log.error({ requestId, err: error }, 'processing stopped; it is tried again');
      end = { kind: 'interrupted', again: new Date(now().getTime() + config.retry.delaySeconds * 1000) };
    }
    try {
      await turn.giveBack(end);
    } catch (error) {
      log.error({ requestId, err: error }, 'a lease could not be given back; the next sweep tries it again');
      owed.set(requestId, () => turn.giveBack(end));
    }
  };
  /** One that another signer took over meanwhile is left alone, by its owner's name. */
  const giveBackOwed = async (): Promise<void> => {
    try {
      for (const [requestId, giveBack] of owed) {
        // Expired, and leased again by this signer: what is owed is the lease before.
        if (!active.has(requestId)) await giveBack();
        owed.delete(requestId);
      }
    } catch (error) {
      log.warn({ err: error }, 'leases still can’t be given back; the next sweep tries it again');
    }
  };

  let filling: Promise<void> | null = null;
  let isAgainRequested = false;
  /**
   * Gives every free place the request whose turn it is. Concurrent callers share one round, and the one after it.
   * Never rejects.
   */
  const fill = (): Promise<void> => {
    isAgainRequested = true;
    filling ??= round();
    return filling;
  };
  const round = async (): Promise<void> => {
    await Promise.resolve();
    try {
      while (isAgainRequested) {
        isAgainRequested = false;
        while (active.size < config.concurrency && !signal.aborted) {
          const turn = (await mayTake()) ? await turns.take() : null;
          takeProblem = null;
          if (turn === null) break;
          start(turn);
        }
      }
    } catch (error) {
      takeProblem = messageOf(error);
      log.error({ err: error }, 'no request could be taken');
    } finally {
      // Synchronously after the last check of the flag, so that no call is lost in between.
      filling = null;
    }
  };
  const start = (turn: Turn): void => {
    const { requestId } = turn;
    const done = work(turn).finally(() => {
      active.delete(requestId);
      void fill();
    });
    active.set(requestId, { lease: turn.lease, since: now(), work: done });
  };

  const sweep = async (): Promise<void> => {
    try {
      await giveBackOwed();
      await turns.find();
      sweptAt = now();
      sweepProblem = null;
    } catch (error) {
      // Nothing is decided without the database, and nothing lost.
      sweepProblem = messageOf(error);
      log.error({ err: error }, 'the sweep failed; trying again');
    }
  };
  const sweeping = (async () => {
    while (!signal.aborted) {
      await sweep();
      void fill();
      await sleep(config.sweepSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  })();
  const renewing = setInterval(
    () => {
      if (active.size === 0) return;
      turns
        .renew([...active.values()].map(({ lease }) => lease))
        .catch((error: unknown) => log.warn({ err: error }, 'leases could not be renewed'));
    },
    (leaseSeconds * 1000) / 3,
  );

  return {
    async ask(ids) {
      await turns.findRequested(ids);
      void fill();
    },
    status: () => ({
      startedAt,
      sweptAt,
      sweepProblem,
      takeProblem,
      places: config.concurrency,
      atWork: [...active].map(([requestId, { since }]) => ({ requestId, since })),
    }),
    async stop() {
      stopping.abort();
      await sweeping;
      await filling;
      await Promise.allSettled([...active.values()].map((job) => job.work));
      clearInterval(renewing);
    },
  };
}
