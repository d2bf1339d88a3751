/** Cleans up beside the daemon's other work: a round at its start and every hour. */
import type { Logger } from 'pino';
import type { Database } from '../../ground/database/index.ts';
import { removeEntries } from './remove-entries.ts';

const roundSeconds = 3600;

export interface Cleaning {
  stop(): Promise<void>;
}

export function keepRemovingEntries(
  database: Pick<Database, 'query' | 'transaction'>,
  log: Pick<Logger, 'info' | 'warn'>,
  now: () => Date,
): Cleaning {
  let round: Promise<void> = Promise.resolve();
  let isBusy = false;
  const start = (): void => {
    if (isBusy) return;
    isBusy = true;
    round = removeEntries(database, now())
      .then(
        ({ removed, problems }) => {
          if (removed.length > 0)
            log.info({ requests: removed }, 'entries of old inspection reports removed');
          for (const problem of problems) log.warn(problem);
        },
        (error: unknown) => {
          log.warn({ err: error }, 'entries of old inspection reports could not be removed');
        },
      )
      .finally(() => {
        isBusy = false;
      });
  };
  start();
  const timer = setInterval(start, roundSeconds * 1000);
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
