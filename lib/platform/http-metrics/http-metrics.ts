/**
 * Metrics of the process, in one registry on the global object: the program that listens counts, and the route /metrics, which a
 * bundler gives its own copy of this module, tells.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { routeOf } from './route-of.ts';

interface HttpMetrics {
  readonly registry: Registry;
  readonly seconds: Histogram<'method' | 'route' | 'status'>;
  readonly received: Counter<'route'>;
  readonly sent: Counter<'route'>;
  readonly open: Gauge;
  readonly spans: Counter<'outcome'>;
}

const holder = globalThis as typeof globalThis & { countersignHttpMetrics?: HttpMetrics };
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function metrics(): HttpMetrics {
  return (holder.countersignHttpMetrics ??= openMetrics());
}

function openMetrics(): HttpMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'countersign_portal_' });
  const name = (rest: string): string => `countersign_portal_http_${rest}`;
  return {
    registry,
    seconds: new Histogram({
      name: name('request_duration_seconds'),
      help: 'From a request’s first line to its answer’s last byte; status: 2xx, 3xx, 4xx, 5xx, or aborted',
      labelNames: ['method', 'route', 'status'],
      // A page from the cache takes a millisecond, the upload of a gigabyte minutes.
      buckets: [0.005, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10, 60, 600],
      registers,
    }),
    received: new Counter({
      name: name('received_bytes_total'),
      help: 'Bytes of bodies whose lengths were announced, as far as they arrived',
      labelNames: ['route'],
      registers,
    }),
    sent: new Counter({
      name: name('sent_bytes_total'),
      help: 'Bytes of answers, with their heads',
      labelNames: ['route'],
      registers,
    }),
    open: new Gauge({ name: name('requests_open'), help: 'Requests that are being answered', registers }),
    spans: new Counter({
      name: 'countersign_portal_trace_spans_total',
      help: 'Spans of traces, by what became of them: sent; full: dropped, for too many waited; refused; unreachable',
      labelNames: ['outcome'],
      registers,
    }),
  };
}

/** Counts one request until its answer has ended or its connection has. Decides nothing. */
export function measureAnswers(request: IncomingMessage, response: ServerResponse): void {
  const { seconds, received, sent, open } = metrics();
  const began = performance.now();
  const { socket } = request;
  open.inc();
  response.once('close', () => {
    open.dec();
    const method = methodOf(request);
    const route = routeOf(request.url ?? '');
    const status = response.writableFinished ? `${String(response.statusCode)[0] ?? '0'}xx` : 'aborted';
    seconds.observe({ method, route, status }, (performance.now() - began) / 1000);
    const moved = newOn(socket);
    // What is announced is a stranger's word: no more is counted than came.
    const announced = Math.min(Number(request.headers['content-length'] ?? 0), moved.read);
    if (announced > 0) received.inc({ route }, announced);
    sent.inc({ route }, moved.written);
  });
}

/** One of few, whatever is asked. */
export const methodOf = ({ method = '' }: Pick<IncomingMessage, 'method'>): string =>
  methods.has(method) ? method : 'other';

/** What became of spans that were to be sent to a collector. */
export function countSpans(outcome: 'sent' | 'full' | 'refused' | 'unreachable', spans: number): void {
  if (spans > 0) metrics().spans.inc({ outcome }, spans);
}

interface Moved {
  readonly read: number;
  readonly written: number;
}

/** Of each connection, what is counted already: several requests may have come before the first was answered. */
const counted = new WeakMap<Socket, Moved>();

function newOn(socket: Socket): Moved {
  const before = counted.get(socket) ?? { read: 0, written: 0 };
  const now = { read: socket.bytesRead, written: socket.bytesWritten };
  counted.set(socket, now);
  return { read: Math.max(0, now.read - before.read), written: Math.max(0, now.written - before.written) };
}

/** In the Prometheus text format. */
export async function exposeProcess(): Promise<string> {
  return metrics().registry.metrics();
}
