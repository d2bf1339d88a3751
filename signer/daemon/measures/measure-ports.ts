/** Ports that do what they did before, and say how long it took. */
import { CodedError } from '#core/error/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import type { PolicySource } from '../../policy-source/index.ts';
import type { Scanner } from '../scan/index.ts';
import type { Measures, Port } from './open-measures.ts';

type Observe = Pick<Measures, 'port'>;

async function timed<T>(measures: Observe, port: Port, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  try {
    const value = await work();
    measures.port(port, 'ok', seconds());
    return value;
  } catch (error) {
    measures.port(port, error instanceof CodedError ? String(error.code) : 'other', seconds());
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
