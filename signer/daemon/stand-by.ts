/**
 * The signer's stand-by while the journal differs from what it remembers: it signs nothing and reports that, until an
 * operator has reconciled.
 */
import type { Logger } from 'pino';
import type { SignerConfig } from '../ground/config/index.ts';
import { readStopFile, stopFileOf } from '../rulings/emergency-stop/index.ts';
import { isDatabaseUnavailable, openDatabase, type Database } from '../ground/database/index.ts';
import { reportHealth, type HealthProbe } from './health/index.ts';
import { JournalDamaged, openAnchor, type JournalAnchor } from '../ground/journal/index.ts';
import { readAcceptedCommit } from '../policy-source/index.ts';

export interface StandBy {
  /** true: the journal was reconciled and the signer may start; false: it was closed. */
  readonly ended: Promise<boolean>;
  close(): Promise<void>;
}

export function anchorOf(config: SignerConfig, database: Database): JournalAnchor {
  return openAnchor({
    database,
    file: config.journalAnchor,
    signer: config.signerId,
    keyHolderJournal: config.keyHolder.journal,
    accepted: () => readAcceptedCommit(config.policyRepository),
    stops: async () => (await readStopFile(stopFileOf(config)))?.revision ?? null,
  });
}

/** null where the signer may start. While the database can't be reached, each pass checks instead. */
export async function standBy(config: SignerConfig, log: Logger): Promise<StandBy | null> {
  const database = openDatabase(config.databaseUrl, (error) => log.error({ err: error }, 'database'));
  const checkJournal = async (): Promise<JournalDamaged | null> => {
    try {
      // A new anchor each time, since one doesn't repeat comparisons that succeeded before.
      await anchorOf(config, database).check();
      return null;
    } catch (error) {
      if (error instanceof JournalDamaged) return error;
      throw error;
    }
  };
  let damage: JournalDamaged | null;
  try {
    damage = await checkJournal();
  } catch (error) {
    await database.close();
    if (isDatabaseUnavailable(error)) return null;
    throw error;
  }
  if (damage === null) {
    await database.close();
    return null;
  }
  log.error({ err: damage }, 'the signer is on stand-by: it signs nothing until the journal is reconciled');
  const probes = ['signer', 'journal'].map((component): HealthProbe => ({
    component,
    probe: async () => ({
      state: 'down',
      detail: `stopped: ${(await checkJournal())?.message ?? 'starting'}`,
    }),
  }));
  const health = reportHealth({ database, signer: config.signerId }, probes, log);
  const { promise: over, resolve } = Promise.withResolvers<boolean>();
  const end = async (reconciled: boolean): Promise<void> => {
    clearInterval(timer);
    await health.stop();
    await database.close();
    resolve(reconciled);
  };
  let ending: Promise<void> | null = null;
  const timer = setInterval(() => {
    checkJournal()
      .then((found) => {
        if (found === null) ending ??= end(true);
      })
      .catch((error: unknown) => log.warn({ err: error }, 'the journal could not be read'));
  }, config.sweepSeconds * 1000);
  return {
    ended: over,
    close() {
      ending ??= end(false);
      return ending;
    },
  };
}
