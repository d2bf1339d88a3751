/** What a trace is made of: the parts of OpenTelemetry's data model (opentelemetry-proto, trace.proto v1) that are used here. Pure. */
import { createHash, randomBytes } from 'node:crypto';

/** Who did the work that a span tells of: a resource of its own for whoever reads traces. */
export type Service = 'countersign-portal' | 'countersign-signer';

export interface SpanContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all zero. */
  readonly spanId: string;
}

export interface Span extends SpanContext {
  readonly service: Service;
  /** null: of the trace's first span. */
  readonly parentSpanId: string | null;
  /** One of few: a route or a step, never an address or a name that somebody chose. */
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly failed: boolean;
  /** Spans of other traces that belong to this one. */
  readonly links: readonly SpanContext[];
}

export const newTraceId = (): string => randomBytes(16).toString('hex');
export const newSpanId = (): string => randomBytes(8).toString('hex');

/** The trace of a signing request has the request's own id, so that whoever knows one knows the other. `id`: a UUID. */
export const traceIdOfRequest = (id: string): string => id.replaceAll('-', '').toLowerCase();

/**
 * Of a part of a signing request's trace: the same each time, so that what two portals send, or one sends twice, is one span.
 * `part`: as in `pass 2 scan`.
 */
export const spanIdOfPart = (requestId: string, part: string): string =>
  createHash('sha256').update(`${requestId}\n${part}`).digest('hex').slice(0, 16);

/** The first span of a signing request's trace. */
export const rootOfRequest = (id: string): SpanContext => ({
  traceId: traceIdOfRequest(id),
  spanId: spanIdOfPart(id, 'request'),
});

const traceparentForm = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** A `traceparent` header (W3C Trace Context, level 1, section 3.2) → the caller's span; null: there is none, or it isn't one. */
export function readTraceparent(header: unknown): SpanContext | null {
  if (typeof header !== 'string' || header.length > 200) return null;
  const [, version, traceId, spanId, , more] = traceparentForm.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  // Version 00 has nothing behind its flags; later ones may.
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId };
}
