/**
 * A collector for tests. Each message is read by OpenTelemetry's own message types, made from its proto files, and what those
 * don't know, or would write otherwise, is refused.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { text } from 'node:stream/consumers';

interface MessageType {
  verify(value: unknown): string | null;
  fromObject(value: unknown): unknown;
  toObject(message: unknown, options: Readonly<Record<string, unknown>>): unknown;
}
interface Root {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly trace: { readonly v1: { readonly ExportTraceServiceRequest: MessageType } };
      };
    };
  };
}

const require = createRequire(import.meta.url);
const { opentelemetry } = require('@opentelemetry/otlp-transformer/build/src/generated/root.js') as Root;
const requestType = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly boolValue?: boolean;
    readonly intValue?: string;
    readonly doubleValue?: number;
  };
}

interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number };
}

interface Message {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly SpanJson[] }[];
  }[];
}

/** A span as the collector got it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: number;
  readonly milliseconds: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly links: SpanJson['links'];
}

/** The spans of a message in OTLP's JSON. Throws where the message isn't one. */
export function readMessage(body: string): readonly ReceivedSpan[] {
  const message = JSON.parse(body) as Message;
  // OTLP writes ids in hexadecimal, where the mapping of Protocol Buffers to JSON has base64.
  const asProto = withIds(message, (hex, bytes) => {
    if (!new RegExp(`^[0-9a-f]{${bytes * 2}}$`).test(hex) || /^0+$/.test(hex))
      throw new Error(`no id: ${hex}`);
    return Buffer.from(hex, 'hex').toString('base64');
  });
  const read = requestType.fromObject(asProto);
  const wrong = requestType.verify(read);
  if (wrong !== null) throw new Error(wrong);
  const again = requestType.toObject(read, { longs: String, bytes: String, enums: Number });
  const known = JSON.parse(JSON.stringify(again)) as unknown;
  if (!isDeepStrictEqual(known, withoutEmpty(asProto)))
    throw new Error(`something in it is no part of the message: ${body.slice(0, 2_000)}`);
  return message.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => received(span, valuesOf(resource.attributes)))),
  );
}

function received(span: SpanJson, resource: Readonly<Record<string, unknown>>): ReceivedSpan {
  const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
  if (end < start) throw new Error(`${span.name} ends before it begins`);
  return {
    service: String(resource['service.name']),
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? null,
    name: span.name,
    kind: span.kind,
    milliseconds: Number(end - start) / 1e6,
    start,
    end,
    attributes: valuesOf(span.attributes),
    failed: span.status.code === 2,
    links: span.links,
  };
}

const valuesOf = (attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  );

const idBytes: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 };

function withIds(value: unknown, change: (hex: string, bytes: number) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => withIds(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const bytes = idBytes[key];
      return [key, bytes === undefined ? withIds(one, change) : change(String(one), bytes)];
    }),
  );
}

/** Protocol Buffers don't tell an empty list from none. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => !(Array.isArray(one) && one.length === 0))
      .map(([key, one]) => [key, withoutEmpty(one)]),
  );
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly headers: readonly IncomingMessage['headers'][];
  /** What couldn't be read of what came. */
  readonly wrong: readonly string[];
  /** How the next messages are answered, the first of them first; then all with 200. `hang`: not at all. */
  answers: (number | 'hang' | { readonly status: number; readonly body: string })[];
}

/** On a port of its own, at this machine. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const wrong: string[] = [];
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => {
        const answer = collector.answers.shift() ?? 200;
        if (answer === 'hang') return;
        const { status, body: said } = typeof answer === 'number' ? { status: answer, body: '{}' } : answer;
        if (request.method !== 'POST' || request.url !== '/v1/traces')
          throw new Error(`asked ${request.url ?? ''}`);
        if (request.headers['content-type'] !== 'application/json') throw new Error('not announced as JSON');
        const read = readMessage(body);
        headers.push(request.headers);
        if (status === 200) spans.push(...read);
        // A client that follows gets an answer that says yes.
        if (status === 307) response.setHeader('location', '/v1/traces');
        response.writeHead(status, { 'content-type': 'application/json' }).end(said);
      })
      .catch((error: unknown) => {
        wrong.push(String(error));
        response.writeHead(400).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    headers,
    wrong,
    answers: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return collector;
}
