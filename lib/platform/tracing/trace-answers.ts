/** One span for each answer of the portal's own server: route, method, status, time, and the ids by which log and requests name it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { workOf } from '../http/index.ts';
import { methodOf, routeOf } from '../http-metrics/index.ts';
import { newSpanId, newTraceId, readTraceparent, rootOfRequest } from './span.ts';
import { currentTracing } from './tracing.ts';

/** What asks every few seconds and is answered the same. */
const unremarkable = new Set(['/healthz', '/readyz', '/metrics']);

/** Decides nothing; where nothing is traced, it does nothing. `random`: from 0 to 1. */
export function traceAnswers(
  request: IncomingMessage,
  response: ServerResponse,
  random: () => number = Math.random,
): void {
  const tracing = currentTracing();
  if (tracing === null) return;
  const startMs = now();
  const caller = readTraceparent(request.headers['traceparent']);
  const parent = tracing.continueCallers ? caller : null;
  const traceId = parent?.traceId ?? newTraceId();
  const work = workOf(request);
  work.traceId = traceId;
  response.once('close', () => {
    const route = routeOf(request.url ?? '');
    const { statusCode: status, writableFinished: whole } = response;
    const failed = whole && status >= 500;
    const { requestId, signingRequest, statements, databaseMs } = work;
    const telling = failed || signingRequest !== null;
    if (!telling && (unremarkable.has(route) || random() >= tracing.sampleRatio)) return;
    const method = methodOf(request);
    tracing.add({
      service: 'countersign-portal',
      traceId,
      spanId: newSpanId(),
      parentSpanId: parent?.spanId ?? null,
      name: `${method} ${route}`,
      kind: 'server',
      startMs,
      endMs: now(),
      attributes: {
        'http.request.method': method === 'other' ? '_OTHER' : method,
        'http.route': route,
        'http.response.status_code': status,
        'countersign.answer': whole ? 'whole' : 'aborted',
        'countersign.database.statements': statements,
        'countersign.database.milliseconds': Math.round(databaseMs * 1000) / 1000,
        ...(requestId === null ? {} : { 'countersign.http_request_id': requestId }),
        ...(signingRequest === null ? {} : { 'countersign.request_id': signingRequest }),
        ...(failed ? { 'error.type': String(status) } : {}),
      },
      failed,
      links: [
        ...(caller !== null && parent === null ? [caller] : []),
        ...(signingRequest === null ? [] : [rootOfRequest(signingRequest)]),
      ],
    });
  });
}

const now = (): number => performance.timeOrigin + performance.now();
