import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { StepFinished } from './step.ts';

export interface Measures {
  readonly registry: Registry;
  /** A step of a request ended. */
  step(ended: StepFinished): void;
  /** A port answered, or failed. `outcome`: `ok`, or the error's code. */
  port(port: Port, outcome: string, seconds: number): void;
  /** A timestamp authority answered, or failed. */
  timestamp(url: string, outcome: 'ok' | 'failed', seconds: number): void;
  /** Room on the file system of one of the signer's folders. */
  room(folder: string, freeBytes: number, sizeBytes: number): void;
}

export type Port = 'keyholder' | 'scanner' | 'policy';

/** Steps take milliseconds, or an hour for an artifact that uses up every limit. */
const stepBuckets = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];
const portBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** Outcomes of ports are codes of our own errors; what isn't shaped like one counts as one more. */
const code = /^[A-Za-z][A-Za-z_]{0,40}$/;
const outcomesMax = 40;

/** One registry; `prefix` of every name: countersign_signer_. */
export function openMeasures(): Measures {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'countersign_signer_' });
  const name = (rest: string): string => `countersign_signer_${rest}`;
  const steps = new Histogram({
    name: name('step_duration_seconds'),
    help: 'How long a step of a request took, by outcome: pass, fail, waiting, retry',
    labelNames: ['step', 'outcome'],
    buckets: stepBuckets,
    registers,
  });
  const ports = new Histogram({
    name: name('port_duration_seconds'),
    help: 'How long a port of the signer took to answer, by outcome: ok, or an error code',
    labelNames: ['port', 'outcome'],
    buckets: portBuckets,
    registers,
  });
  const timestamps = new Histogram({
    name: name('timestamp_duration_seconds'),
    help: 'How long a timestamp authority took to answer; failed: no answer, or one that does not verify',
    labelNames: ['authority', 'outcome'],
    buckets: portBuckets,
    registers,
  });
  const free = new Gauge({
    name: name('folder_free_bytes'),
    help: 'Room left on the file system of a folder',
    labelNames: ['folder'],
    registers,
  });
  const size = new Gauge({
    name: name('folder_size_bytes'),
    help: 'Size of the file system of a folder',
    labelNames: ['folder'],
    registers,
  });
  const signed = new Counter({ name: name('signatures_total'), help: 'Signatures made', registers });
  const outcomes = new Set<string>();
  const outcomeOf = (said: string): string => {
    if (!code.test(said) || (outcomes.size >= outcomesMax && !outcomes.has(said))) return 'other';
    outcomes.add(said);
    return said;
  };
  return {
    registry,
    step: ({ step, outcome, seconds }) => steps.observe({ step, outcome }, seconds),
    port(port, outcome, seconds) {
      ports.observe({ port, outcome: outcomeOf(outcome) }, seconds);
      if (port === 'keyholder' && outcome === 'ok') signed.inc();
    },
    timestamp: (url, outcome, seconds) =>
      timestamps.observe({ authority: new URL(url).host, outcome }, seconds),
    room(folder, freeBytes, sizeBytes) {
      free.set({ folder }, freeBytes);
      size.set({ folder }, sizeBytes);
    },
  };
}
