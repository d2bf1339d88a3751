/**
 * Looks at one sample at a time, beside the requests, which have places of their own. Of samples nothing is certain: what can't be looked at
 * is said to be so, and people drop the file again.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { isDatabaseUnavailable, type Database } from '../../ground/database/index.ts';
import type { ArtifactStore } from '../../ground/store/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import { claimSample, forgetSamples, giveBack, type ClaimedSample } from './claim.ts';
import { examineSample } from './examine.ts';
import { writeFailure, writeOutcome } from './write-result.ts';

export interface SamplePorts {
  readonly database: Database;
  readonly inspector: Pick<Inspector, 'inspect' | 'discard'>;
  readonly artifacts: ArtifactStore;
  /** Projects for which signing is stopped; null among them: all of it is. */
  readonly stopped: () => Promise<readonly (string | null)[]>;
  readonly snapshot: () => PolicySnapshot | null;
  readonly limits: { readonly sizeBytesMax: number; readonly secondsMax: number };
  readonly workDirectory: string;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly now: () => Date;
}

export interface Samples {
  /** Resolves when what is being looked at has ended. */
  stop(): Promise<void>;
}

const pollMilliseconds = 1_000;
const restMilliseconds = 10_000;
const forgetMilliseconds = 60_000;
/** Of one whose signer was killed over it, or that met a fault. */
const attemptsMax = 2;

export function openSamples(ports: SamplePorts): Samples {
  const { database, limits, log, now } = ports;
  const stopping = new AbortController();
  const { signal } = stopping;
  let forgottenAt = Number.NEGATIVE_INFINITY;

  const round = async (): Promise<boolean> => {
    if (performance.now() - forgottenAt > forgetMilliseconds) {
      forgottenAt = performance.now();
      await forgetSamples(database, now());
    }
    // A signer that is stopped, be it for what a file did to it, isn't given the next hostile one.
    const stopped = await ports.stopped();
    if (stopped.includes(null)) return false;
    const leaseMilliseconds = (limits.secondsMax + 60) * 1000;
    const begun = now();
    const sample = await claimSample(database, {
      now: begun,
      leasedUntil: new Date(begun.getTime() + leaseMilliseconds),
      stopped: stopped.flatMap((project) => project ?? []),
    });
    if (sample === null) return false;
    await lookAt(ports, sample, signal);
    return true;
  };
  const running = (async () => {
    while (!signal.aborted) {
      const pause = await round().then(
        (found) => (found ? 0 : pollMilliseconds),
        (error: unknown) => {
          if (!signal.aborted) log.warn({ err: error }, 'samples can’t be looked at now');
          return restMilliseconds;
        },
      );
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function lookAt(ports: SamplePorts, sample: ClaimedSample, signal: AbortSignal): Promise<void> {
  const { database, limits, log, now } = ports;
  const { id } = sample;
  const directory = path.join(ports.workDirectory, `sample-${id}`);
  try {
    if (sample.attempts > attemptsMax) {
      await writeFailure(database, id, fault, now());
      return;
    }
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { inspector, artifacts } = ports;
    const found = await examineSample(
      { inspector, artifacts, snapshot: ports.snapshot(), ...limits, now: now(), signal },
      sample,
      directory,
    );
    if ('report' in found) await writeOutcome(database, id, found, now());
    else await writeFailure(database, id, found, now());
  } catch (error) {
    // Where not even that can be written, it is begun anew once its lease has ended.
    if (signal.aborted) await giveBack(database, id);
    if (signal.aborted || isDatabaseUnavailable(error)) throw error;
    log.error({ sample: id, err: error }, 'a sample could not be looked at');
    await writeFailure(database, id, error instanceof Unavailable ? unavailable : fault, now());
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const unavailable = {
  version: 1,
  message: 'Something that the signer needs for it is not available now.',
  fix: 'Drop the file again in a few minutes.',
} as const;

const fault = {
  version: 1,
  message: 'The signer could not look at this file, through a fault of its own.',
  fix: 'Drop it again; if that happens again, tell the foundation, and run countersign preflight FILE --suggest on your own machine.',
} as const;
