/** Exchanges emergency stops every few seconds and reports which of them are in force here. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../../ground/database/index.ts';
import { aliveSeconds, reportPresence, reportStopped, type SignerFacts } from './presence.ts';
import { readStops, type StopFile } from './stop-file.ts';

interface Options {
  readonly stops: StopFile;
  readonly database: Pick<Database, 'query'>;
  /** → whether anything was stopped or lifted. */
  readonly sync: () => Promise<boolean>;
  readonly onChange: () => Promise<void>;
  readonly facts: () => SignerFacts;
  readonly seconds: number;
  readonly log: Pick<Logger, 'warn'>;
}

export interface Heartbeat {
  /** Exchanges and reports now. Never rejects. */
  beat(): Promise<void>;
  /** Another process runs under this signer's name; null: none was seen recently. */
  conflict(): string | null;
  stop(): Promise<void>;
}

export function startHeartbeat(options: Options): Heartbeat {
  const { stops, database, log } = options;
  const run = randomUUID();
  let isFirst = true;
  let conflictAt = -Infinity;
  let beating: Promise<void> = Promise.resolve();

  const beatOnce = async (): Promise<void> => {
    const changed = await options.sync().catch((error: unknown) => {
      log.warn({ err: error }, 'emergency stops could not be read');
      return false;
    });
    try {
      const state = await readStops(stops);
      const { previousRun } = await reportPresence(database, {
        signer: stops.signer,
        run,
        state,
        facts: options.facts(),
      });
      // The row of an earlier process is taken over once; if another process takes it back, two run under one name.
      if (!isFirst && previousRun !== run) conflictAt = performance.now();
      isFirst = false;
    } catch (error) {
      log.warn({ err: error }, 'this signer’s presence could not be reported');
    }
    if (changed) await options.onChange().catch((error: unknown) => log.warn({ err: error }, 'health'));
  };
  const beat = (): Promise<void> => {
    beating = beating.then(beatOnce);
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
      if (performance.now() - conflictAt > 2 * aliveSeconds * 1000) return null;
      return `another signer runs under the name ${stops.signer}: give each a signerId of its own in its configuration`;
    },
    async stop() {
      clearInterval(timer);
      await beating;
      // Others see that it is gone by its silence, too.
      await reportStopped(database, { signer: stops.signer, run }).catch((error: unknown) =>
        log.warn({ err: error }, 'that this signer stops could not be reported'),
      );
    },
  };
}
