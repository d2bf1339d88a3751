/** Emergency stops with their sources and destinations: file, journal, portal. */
import type { Logger } from 'pino';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { SignerConfig } from '../ground/config/index.ts';
import type { Database } from '../ground/database/index.ts';
import {
  createStopFile,
  exchangeStops,
  readStopFile,
  startHeartbeat,
  stopFileOf,
  watchEmergencyStops,
  type EmergencyStops,
  type Heartbeat,
  type SignerFacts,
} from '../rulings/emergency-stop/index.ts';
import { readAnchor } from '../ground/journal/index.ts';

interface Ports {
  readonly database: Database;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => Date;
  /** The accepted policy; null: not known yet. */
  readonly snapshot: () => PolicySnapshot | null;
  readonly checkJournal: () => Promise<void>;
  readonly onChange: () => Promise<void>;
  readonly facts: () => SignerFacts;
}

/** A stop reaches other signers at their next exchange: no signer exchanges less often. */
const secondsMax = 5;

export async function openStops(
  config: Pick<SignerConfig, 'emergencyStops' | 'signerId' | 'sweepSeconds' | 'journalAnchor'>,
  { database, log, now, snapshot, checkJournal, onChange, facts }: Ports,
): Promise<{ readonly stops: EmergencyStops; readonly heartbeat: Heartbeat }> {
  const stops = stopFileOf(config);
  // Only where this signer never had one: a lost file is not recreated, and nothing is signed without it.
  const isMissing = (await readStopFile(stops).catch(() => undefined)) === null;
  const hadOne = await readAnchor(config.journalAnchor).then(
    (anchor) => anchor?.stops !== undefined,
    () => true,
  );
  if (isMissing && !hadOne) await createStopFile(stops);
  const exchange = exchangeStops({ stops, database, log, now, snapshot, checkJournal });
  const take = async (): Promise<boolean> => {
    const changed = await exchange.sync();
    if (changed) log.warn('an emergency stop changed');
    return changed;
  };
  const seconds = Math.min(config.sweepSeconds, secondsMax);
  const heartbeat = startHeartbeat({ stops, database, sync: take, onChange, facts, seconds, log });
  return {
    stops: watchEmergencyStops({ stops, sync: take, conflict: () => heartbeat.conflict() }),
    heartbeat,
  };
}
