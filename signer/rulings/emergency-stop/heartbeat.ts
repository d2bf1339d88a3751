/** Takes in every few seconds what was said of emergency stops, and says which of them hold here. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../../ground/database/index.ts';
import { livesSeconds, reportPresence } from './presence.ts';
import { readStops, type StopFile } from './stop-file.ts';

interface Options {
  readonly stops: StopFile;
  readonly database: Pick<Database, 'query'>;
  /** → whether anything was stopped or lifted. */
  readonly take: () => Promise<boolean>;
  readonly onChange: () => Promise<void>;
  readonly seconds: number;
  readonly log: Pick<Logger, 'warn'>;
}

export interface Heartbeat {
  /** Takes in and reports now. Never rejects. */
  beat(): Promise<void>;
  /** Another process works under this signer's name; null: none was met lately. */
  conflict(): string | null;
  stop(): Promise<void>;
}

export function startHeartbeat(options: Options): Heartbeat {
  const { stops, database, log } = options;
  const run = randomUUID();
  let isFirst = true;
  let metAt = -Infinity;
  let beating: Promise<void> = Promise.resolve();

  const once = async (): Promise<void> => {
    const changed = await options.take().catch((error: unknown) => {
      log.warn({ err: error }, 'emergency stops could not be read');
      return false;
    });
    try {
      const state = await readStops(stops);
      const { previousRun } = await reportPresence(database, { signer: stops.signer, run, state });
      // The row of the process before this one is taken over; a row that somebody takes over again is contested.
      if (!isFirst && previousRun !== run) metAt = performance.now();
      isFirst = false;
    } catch (error) {
      log.warn({ err: error }, 'this signer could not say that it works');
    }
    if (changed) await options.onChange().catch((error: unknown) => log.warn({ err: error }, 'health'));
  };
  const beat = (): Promise<void> => {
    beating = beating.then(once);
    return beating;
  };
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void beat().finally(() => {
      isBusy = false;
    });
  }, options.seconds * 1000);

  return {
    beat,
    conflict() {
      if (performance.now() - metAt > 2 * livesSeconds * 1000) return null;
      return `another signer works under the name ${stops.signer}: give each a signerId of its own in its configuration`;
    },
    async stop() {
      clearInterval(timer);
      await beating;
    },
  };
}
