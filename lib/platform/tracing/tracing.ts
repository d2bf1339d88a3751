/** The process's traces, on the global object: the program that listens sends them, and routes and background tasks have copies of this module. */
import { randomUUID } from 'node:crypto';
import type { Environment } from '../../host/configuration/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { countSpans } from '../http-metrics/index.ts';
import { SpanExporter } from './exporter.ts';
import { readHeaders } from './headers.ts';
import type { Span } from './span.ts';

export interface Tracing {
  readonly sampleRatio: number;
  readonly continueCallers: boolean;
  /** Never waits, never fails. */
  add(...spans: readonly Span[]): void;
  /** How many more spans there is room for. */
  room(): number;
  close(milliseconds: number): Promise<void>;
}

const holder = globalThis as typeof globalThis & { countersignTracing?: Tracing };

/** null: nothing is traced. */
export const currentTracing = (): Tracing | null => holder.countersignTracing ?? null;

/** Nothing where the configuration has no `traces`. Throws a ConfigurationError where the headers can't be read. */
export function openTracing(
  traces: PortalConfig['traces'],
  options: {
    readonly env: Environment;
    readonly version: string;
    readonly report: (message: string) => void;
  },
): Tracing | null {
  if (traces === undefined) return null;
  const { env, version, report } = options;
  const { url, headers, sampleRatio, continueCallers } = traces;
  readHeaders(headers, env);
  const exporter = new SpanExporter({
    url,
    headers: () => readHeaders(headers, env),
    resource: { version, instance: randomUUID() },
    count: countSpans,
    report,
  });
  const tracing: Tracing = {
    sampleRatio,
    continueCallers,
    add: (...spans) => exporter.add(...spans),
    room: () => exporter.room,
    async close(milliseconds) {
      if (holder.countersignTracing === tracing) delete holder.countersignTracing;
      await exporter.close(milliseconds);
    },
  };
  holder.countersignTracing = tracing;
  return tracing;
}
