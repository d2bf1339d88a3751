/** Spans → the body of an OTLP/HTTP request in JSON (opentelemetry-proto, ExportTraceServiceRequest; ids hexadecimal, 64-bit numbers as text). Pure. */
import type { Service, Span } from './span.ts';

/** Numbers of `Span.SpanKind` and `Status.StatusCode`. */
const kinds = { internal: 1, server: 2, client: 3 } as const;
const errorStatus = 2;
/** What reads better cut than not at all: values are routes, steps, codes and numbers. */
const textMax = 200;

type Value = string | number | boolean;

export interface Resource {
  readonly version: string;
  /** Of this portal's process. */
  readonly instance: string;
}

export function encodeSpans(spans: readonly Span[], resource: Resource): string {
  const services = [...new Set(spans.map(({ service }) => service))];
  return JSON.stringify({
    resourceSpans: services.map((service) => ({
      resource: { attributes: attributesOf(resourceOf(service, resource)) },
      scopeSpans: [
        {
          scope: { name: 'countersign', version: resource.version },
          spans: spans.filter((span) => span.service === service).map(encodeSpan),
        },
      ],
    })),
  });
}

/** What a portal tells of signers is from their journal: which process of theirs did it isn't written there. */
const resourceOf = (service: Service, { version, instance }: Resource): Record<string, Value> => ({
  'service.name': service,
  ...(service === 'countersign-portal'
    ? { 'service.version': version, 'service.instance.id': instance }
    : {}),
});

const encodeSpan = (span: Span) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
  name: span.name,
  kind: kinds[span.kind],
  startTimeUnixNano: nanoseconds(span.startMs),
  endTimeUnixNano: nanoseconds(Math.max(span.startMs, span.endMs)),
  attributes: attributesOf(span.attributes),
  links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  status: span.failed ? { code: errorStatus } : {},
});

/** To the microsecond: a double holds no more of a time of this century. */
const nanoseconds = (ms: number): string => (BigInt(Math.round(ms * 1000)) * 1000n).toString();

const attributesOf = (attributes: Readonly<Record<string, Value>>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

function valueOf(value: Value) {
  if (typeof value === 'string') return { stringValue: value.slice(0, textMax).toWellFormed() };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
