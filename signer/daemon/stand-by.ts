/** What the signer does while the journal isn't what it remembers: nothing, and says so, until an operator has reconciled. */
import type { Logger } from 'pino';
import type { SignerConfig } from '../ground/config/index.ts';
import { readStopFile, stopFileOf } from '../rulings/emergency-stop/index.ts';
import { isDatabaseUnavailable, openDatabase, type Database } from '../ground/database/index.ts';
import { reportHealth, type HealthProbe } from './health/index.ts';
import { JournalDamaged, openAnchor, type JournalAnchor } from '../ground/journal/index.ts';
import { readAcceptedCommit } from '../policy-source/index.ts';

export interface StandBy {
  /** true: somebody has reconciled, and the signer may start; false: it was closed. */
  readonly over: Promise<boolean>;
  close(): Promise<void>;
}

export function anchorOf(config: SignerConfig, database: Database): JournalAnchor {
  return openAnchor({
    database,
    file: config.journalAnchor,
    keyHolderJournal: config.keyHolder.journal,
    accepted: () => readAcceptedCommit(config.policyRepository),
    stops: async () => (await readStopFile(stopFileOf(config)))?.revision ?? null,
  });
}

/** null where nothing keeps the signer from starting. While the database is out of reach it is asked at every pass instead. */
export async function standBy(config: SignerConfig, log: Logger): Promise<StandBy | null> {
  const database = openDatabase(config.databaseUrl, (error) => log.error({ err: error }, 'database'));
  const look = async (): Promise<JournalDamaged | null> => {
    try {
      // Anew each time: what was found right at a look before isn't looked at again by the same one.
      await anchorOf(config, database).check();
      return null;
    } catch (error) {
      if (error instanceof JournalDamaged) return error;
      throw error;
    }
  };
  let damage: JournalDamaged | null;
  try {
    damage = await look();
  } catch (error) {
    await database.close();
    if (isDatabaseUnavailable(error)) return null;
    throw error;
  }
  if (damage === null) {
    await database.close();
    return null;
  }
  log.error({ err: damage }, 'the signer stands by: it signs nothing until somebody has reconciled');
  const probes = ['signer', 'journal'].map((component): HealthProbe => ({
    component,
    probe: async () => ({ state: 'down', detail: `stopped: ${(await look())?.message ?? 'starting'}` }),
  }));
  const health = reportHealth(database, probes, log, () => new Date());
  const { promise: over, resolve } = Promise.withResolvers<boolean>();
  const end = async (reconciled: boolean): Promise<void> => {
    clearInterval(timer);
    await health.stop();
    await database.close();
    resolve(reconciled);
  };
  let ending: Promise<void> | null = null;
  const timer = setInterval(() => {
    look()
      .then((found) => {
        if (found === null) ending ??= end(true);
      })
      .catch((error: unknown) => log.warn({ err: error }, 'the journal could not be read'));
  }, config.sweepSeconds * 1000);
  return {
    over,
    close() {
      ending ??= end(false);
      return ending;
    },
  };
}
