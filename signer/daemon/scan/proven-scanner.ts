/**
 * A scanner that is trusted because it was tested with canaries: before its first use, whenever its VERSION changes
 * (engine or database), once a day, and after it was unreachable. One that misses a canary is not used.
 */
import { randomBytes } from 'node:crypto';
import { Unavailable } from '../../ground/availability/index.ts';
import { canaries } from './canaries.ts';
import {
  openClamd,
  parseVersion,
  type Clamd,
  type ClamdConfig,
  type ScannerDatabase,
  type ScanVerdict,
} from './clamd.ts';
import { UnreadableFile } from './read-scanned.ts';
import { CanaryMissed, tryCanary, tryInSession } from './try-canaries.ts';

export interface ScannerConfig extends ClamdConfig {
  /** Larger files are never sent. */
  readonly streamSizeBytesMax: number;
}

export interface ProvenDatabase extends ScannerDatabase {
  /** The largest file that the scanner is proved to read completely. */
  readonly streamSizeBytesMax: number;
  readonly provenAt: Date;
  readonly canaries: number;
}

export type ScannerState =
  | { readonly state: 'proven'; readonly proof: ProvenDatabase }
  | { readonly state: 'proving' | 'failed'; readonly detail: string };

export interface Scanner {
  /** Tests the scanner where the last proof isn't valid any more. Throws Unavailable where it misses a canary. */
  prove(): Promise<ProvenDatabase>;
  /**
   * file on disk → verdict; the file is no larger than proved, and `prove` was called before. Rejects where `signal` is aborted before all of
   * it was sent.
   */
  scan(file: string, signal?: AbortSignal): Promise<ScanVerdict>;
  /** Small files (clamd-session.ts) → their verdicts, in the same order. */
  scanEach(files: readonly string[]): Promise<readonly ScanVerdict[]>;
  /**
   * The current state; starts a proof that is due without waiting for it. Throws Unavailable where clamd can't be
   * reached.
   */
  status(): Promise<ScannerState>;
}

const proofHours = 24;
/** After a missed canary the scanner isn't tested at every request, since the large one takes a while. */
const retrySeconds = 30;

interface Proof {
  readonly version: string;
  readonly database: ProvenDatabase;
}

interface Failure {
  readonly version: string;
  readonly at: Date;
  readonly error: Unavailable;
}

export function openScanner(
  config: ScannerConfig,
  now: () => Date = () => new Date(),
  clamd: Clamd = openClamd(config),
): Scanner {
  let proof: Proof | null = null;
  let failure: Failure | null = null;
  let proving: Promise<ProvenDatabase> | null = null;

  const ageSeconds = (since: Date): number => (now().getTime() - since.getTime()) / 1000;
  const holds = (one: Proof | null, version: string): one is Proof => {
    if (one?.version !== version) return false;
    const age = ageSeconds(one.database.provenAt);
    return age >= 0 && age < proofHours * 3600;
  };

  const tryOut = async (version: string): Promise<ProvenDatabase> => {
    const all = canaries(config.streamSizeBytesMax, randomBytes(16));
    try {
      for (const canary of all) await tryCanary(clamd, canary);
      await tryInSession(clamd, all);
      // A database loaded in between was tested with some of the canaries only.
      if ((await clamd.version()) !== version) throw changed();
    } catch (error) {
      if (error instanceof CanaryMissed) {
        failure = { version, at: now(), error: error.unavailable };
        throw error.unavailable;
      }
      throw error;
    }
    const { streamSizeBytesMax } = config;
    const database = { ...parseVersion(version), streamSizeBytesMax, provenAt: now(), canaries: all.length };
    proof = { version, database };
    failure = null;
    return database;
  };

  /** It may return as another program. What can’t be read here says nothing about it. */
  const lost = (error: unknown): void => {
    if (!(error instanceof UnreadableFile)) proof = null;
  };

  const prove = async (): Promise<ProvenDatabase> => {
    try {
      const version = await clamd.version();
      if (holds(proof, version)) return proof.database;
      proof = null;
      if (failure?.version === version && ageSeconds(failure.at) < retrySeconds) throw failure.error;
      proving ??= tryOut(version).finally(() => {
        proving = null;
      });
      return await proving;
    } catch (error) {
      // It may return as another program, or with another configuration.
      proof = null;
      throw error;
    }
  };

  return {
    prove,
    async scan(file, signal) {
      mustBeProven(proof);
      try {
        return await clamd.scanFile(file, signal);
      } catch (error) {
        // What was stopped here says nothing about clamd.
        if (signal?.aborted !== true) lost(error);
        throw error;
      }
    },
    async scanEach(files) {
      mustBeProven(proof);
      try {
        return await clamd.scanFiles(files);
      } catch (error) {
        lost(error);
        throw error;
      }
    },
    async status() {
      const version = await clamd.version();
      if (holds(proof, version)) return { state: 'proven', proof: proof.database };
      parseVersion(version);
      const due = failure?.version !== version || ageSeconds(failure.at) >= retrySeconds;
      if (due) void prove().catch(() => undefined);
      if (failure !== null)
        return { state: 'failed', detail: `${failure.error.message}; ${failure.error.fix}` };
      return { state: 'proving', detail: 'the scanner is being tested with canaries' };
    },
  };
}

function mustBeProven(proof: Proof | null): void {
  if (proof === null)
    throw new Unavailable('scanner', 'the virus scanner has not been tested yet', 'none is needed');
}

function changed(): Unavailable {
  return new Unavailable(
    'scanner',
    'the virus scanner’s database changed while it was being tested',
    'none is needed: it is tested again',
  );
}
