/** Ports that do what they did before, and say how long it took. */
import { CodedError } from '#core/error/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import type { PolicySource } from '../../policy-source/index.ts';
import type { Scanner } from '../scan/index.ts';
import { noteCall } from './calls.ts';
import type { Measures, Port } from './open-measures.ts';

type Observe = Pick<Measures, 'port'>;

async function timed<T>(measures: Observe, port: Port, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const end = (outcome: string): void => {
    const ended = performance.now();
    measures.port(port, outcome, (ended - began) / 1000);
    noteCall(port, began, ended, outcome === 'ok' ? 'ok' : 'failed');
  };
  try {
    const value = await work();
    end('ok');
    return value;
  } catch (error) {
    end(error instanceof CodedError ? String(error.code) : 'other');
    throw error;
  }
}

export const measureKeyHolder = (keyHolder: KeyHolder, measures: Observe): KeyHolder => ({
  sign: (grant, document) => timed(measures, 'keyholder', () => keyHolder.sign(grant, document)),
  health: () => keyHolder.health(),
  restart: () => keyHolder.restart(),
  close: () => keyHolder.close(),
});

export const measureScanner = (scanner: Scanner, measures: Observe): Scanner => ({
  prove: () => scanner.prove(),
  scan: (file, signal) => timed(measures, 'scanner', () => scanner.scan(file, signal)),
  scanEach: (files) => timed(measures, 'scanner', () => scanner.scanEach(files)),
  status: () => scanner.status(),
});

export const measurePolicy = (source: PolicySource, measures: Observe): PolicySource => ({
  refresh: () => timed(measures, 'policy', () => source.refresh()),
  inForce: () => source.inForce(),
  digestAt: (commit, project, policy) => source.digestAt(commit, project, policy),
  status: () => source.status(),
  checkFresh: () => source.checkFresh(),
  checkNotBehind: () => source.checkNotBehind(),
});

/** What a timestamp authority's answer is told to. */
export const measureTimestamps =
  (measures: Pick<Measures, 'timestamp'>) =>
  (url: string, outcome: 'ok' | 'failed', seconds: number): void => {
    measures.timestamp(url, outcome, seconds);
    const ended = performance.now();
    noteCall('timestamp', ended - seconds * 1000, ended, outcome);
  };
