/** Looks now and then for this signer's claims that have no signature: left behind by a pass that was cut off. */
import type { Logger } from 'pino';
import { resolveClaims, type Resolved } from './resolve.ts';

type Options = Omit<Parameters<typeof resolveClaims>[0], 'atWork' | 'only'> & {
  /** Requests whose passes are going on. */
  readonly atWork: () => Parameters<typeof resolveClaims>[0]['atWork'];
  /**
   * Rejects where the keyholder's journal isn't what the signer remembers, or another process runs under its name: then it says nothing of what was
   * signed.
   */
  readonly checkJournal: () => Promise<void>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly seconds: number;
};

/** Begins at once; a look that fails is repeated. */
export function keepResolvingClaims(options: Options): { stop(): Promise<void> } {
  const { log, seconds, atWork, checkJournal, ...rest } = options;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    try {
      await checkJournal();
      const resolved: Resolved = await resolveClaims({ ...rest, atWork: atWork() });
      if (resolved.signed + resolved.released > 0)
        log.info(resolved, 'claims of signatures were resolved by the keyholder’s journal');
    } catch (error) {
      log.warn({ err: error }, 'claims of signatures could not be resolved; it is tried again');
    }
  };
  const start = (): void => {
    looking ??= look().finally(() => {
      looking = null;
    });
  };
  start();
  const timer = setInterval(start, seconds * 1000);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
