import { createServer, request as ask } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMessage, startCollector, type Collector } from '../../../dev/otlp/index.ts';
import { freePort } from '../../../dev/test/free-port.ts';
import { patience } from '../../../dev/test/patience.ts';
import { ConfigurationError } from '../../host/configuration/index.ts';
import { noteSigningRequest, withRequest, workOf } from '../http/index.ts';
import { encodeSpans } from './encode.ts';
import { SpanExporter, type Pace, type SpanOutcome } from './exporter.ts';
import { readHeaders } from './headers.ts';
import { openTracing, rootOfRequest, traceAnswers, traceIdOfRequest, type Span } from './index.ts';
import { readTraceparent } from './span.ts';

const resource = { version: '1.2.3', instance: 'one' };
const span = (more: Partial<Span> = {}): Span => ({
  service: 'countersign-portal',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: null,
  name: 'GET /requests',
  kind: 'server',
  startMs: 1_796_000_000_000.25,
  endMs: 1_796_000_000_012.5,
  attributes: {},
  failed: false,
  links: [],
  ...more,
});

describe('a message of spans', () => {
  it('is one to OpenTelemetry’s own message types, with every kind of value', () => {
    const signer = span({
      service: 'countersign-signer',
      parentSpanId: 'c'.repeat(16),
      kind: 'client',
      failed: true,
    });
    const attributes = { a: 'x', whole: 7, part: 0.5, is: true, long: 'y'.repeat(500), odd: '\ud800' };
    const links = [{ traceId: 'd'.repeat(32), spanId: 'e'.repeat(16) }];
    const read = readMessage(encodeSpans([span({ attributes, links }), signer], resource));
    expect(read).toMatchObject([
      {
        service: 'countersign-portal',
        kind: 2,
        milliseconds: 12.25,
        parentSpanId: null,
        attributes: { a: 'x', whole: 7, part: 0.5, is: true, long: 'y'.repeat(200), odd: '\ufffd' },
        links,
        failed: false,
      },
      { service: 'countersign-signer', kind: 3, parentSpanId: 'c'.repeat(16), failed: true },
    ]);
  });

  it('of another form is noticed by the tests’ collector', () => {
    const message = JSON.parse(encodeSpans([span()], resource)) as {
      resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
    };
    const inside = message.resourceSpans[0]?.scopeSpans[0]?.spans[0] ?? {};
    expect(readMessage(JSON.stringify(message))).toHaveLength(1);
    inside['startTime'] = 1;
    expect(() => readMessage(JSON.stringify(message))).toThrow('no part of the message');
    delete inside['startTime'];
    inside['traceId'] = '0'.repeat(32);
    expect(() => readMessage(JSON.stringify(message))).toThrow('no id');
  });
});

describe('a traceparent', () => {
  it('is read as W3C writes it, and nothing else', () => {
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
    expect(readTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId });
    expect(readTraceparent(`01-${traceId}-${spanId}-00-more`)).toEqual({ traceId, spanId });
    for (const wrong of [
      undefined,
      ['x'],
      '',
      `ff-${traceId}-${spanId}-01`,
      `00-${traceId}-${spanId}-01-more`,
      `00-${'0'.repeat(32)}-${spanId}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${traceId}-${spanId}`,
      `01-${traceId}-${spanId}-00-${'x'.repeat(300)}`,
    ])
      expect(readTraceparent(wrong)).toBeNull();
  });
});

describe('what is sent to a collector', () => {
  let collector: Collector;
  let counts: Partial<Record<SpanOutcome, number>>;
  let said: string[];
  beforeEach(async () => {
    collector = await startCollector();
    counts = {};
    said = [];
  });
  afterEach(async () => {
    expect(collector.wrong).toEqual([]);
    await collector[Symbol.asyncDispose]();
  });
  const open = (pace: Partial<Pace> = {}, url = collector.url): SpanExporter =>
    new SpanExporter({
      url,
      headers: () => ({ Authorization: 'Bearer secret' }),
      resource,
      count: (outcome, spans) => (counts[outcome] = (counts[outcome] ?? 0) + spans),
      report: (message) => said.push(message),
      pace: { everyMs: 5, pauseMs: 1, pauseMsMax: 5, ...pace },
    });

  it('arrives by itself, in messages of bounded size, with the configured headers', async () => {
    const exporter = open({ batchMax: 3 });
    exporter.add(...Array.from({ length: 7 }, () => span()));
    await vi.waitFor(() => expect(collector.spans).toHaveLength(7), patience);
    expect(collector.headers).toHaveLength(3);
    expect(collector.headers[0]?.authorization).toBe('Bearer secret');
    await exporter.close(1000);
    expect([counts, said]).toEqual([{ sent: 7, unreachable: 0 }, []]);
  });

  it('is asked again where the answer allows it, and dropped and counted where it doesn’t', async () => {
    const exporter = open();
    collector.answers = [503, 429, 502, 200];
    exporter.add(span());
    await vi.waitFor(() => expect(counts).toEqual({ sent: 1 }), patience);
    collector.answers = [400];
    exporter.add(span(), span());
    await vi.waitFor(() => expect(counts).toEqual({ sent: 1, refused: 2 }), patience);
    // A redirect would take the headers to an address that nobody configured.
    collector.answers = [307];
    exporter.add(span());
    await vi.waitFor(() => expect(counts).toEqual({ sent: 1, refused: 3 }), patience);
    collector.answers = [{ status: 200, body: '{"partialSuccess":{"rejectedSpans":"1"}}' }];
    exporter.add(span(), span());
    await vi.waitFor(() => expect(counts).toEqual({ sent: 2, refused: 4 }), patience);
    const { host } = new URL(collector.url);
    expect(said).toEqual([
      `traces are lost: the collector at ${host} takes none (it answered 400)`,
      'traces are taken again',
    ]);
    await exporter.close(1000);
  });

  it('waits in a bounded queue while nobody takes it, and what is too much is dropped and counted', async () => {
    const exporter = open(
      { queueMax: 5, batchMax: 2, attemptsMax: 2 },
      `http://127.0.0.1:${await freePort()}/v1/traces`,
    );
    const began = performance.now();
    exporter.add(...Array.from({ length: 1_000 }, () => span()));
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(counts).toEqual({ full: 995 });
    await vi.waitFor(() => expect(counts).toEqual({ full: 995, unreachable: 5 }), patience);
    expect(said).toEqual([expect.stringMatching(/^traces are lost: .*\(ECONNREFUSED\)$/)]);
    expect(exporter.room).toBe(5);
    await exporter.close(1000);
  });

  it('holds nobody up who ends, even where the collector never answers', async () => {
    const exporter = open({ answerMs: 60_000 });
    collector.answers = ['hang', 'hang'];
    exporter.add(span(), span());
    await exporter.close(50);
    expect(counts).toEqual({ unreachable: 2 });
    exporter.add(span());
    await exporter.close(50);
  });
});

describe('the headers at a collector', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-traces-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read from a file that nobody else reads, and what is none is refused by its line, unsaid', () => {
    const file = join(folder, 'headers');
    const write = (text: string, mode = 0o600) => writeFileSync(file, text, { mode });
    write('Authorization: Bearer a b\r\n\nX-Tenant:  one \n');
    expect(readHeaders({ file }, {})).toEqual({ Authorization: 'Bearer a b', 'X-Tenant': 'one' });
    expect(readHeaders(undefined, {})).toEqual({});
    for (const wrong of ['secretword', 'a b: secretword', 'a: secretword\u0001'])
      expect(() => {
        write(`Good: x\n${wrong}\n`);
        readHeaders({ file }, {});
      }).toThrow(/Line 2 is no header(?!.*secretword)/s);
    const other = join(folder, 'open');
    writeFileSync(other, 'A: b\n', { mode: 0o644 });
    expect(() => readHeaders({ file: other }, {})).toThrow(ConfigurationError);
  });
});

describe('the spans of answers', () => {
  const id = '2f6b8f0e-1111-4222-8333-444455556666';
  let collector: Collector;
  beforeEach(async () => {
    collector = await startCollector();
  });
  afterEach(async () => {
    expect(collector.wrong).toEqual([]);
    await collector[Symbol.asyncDispose]();
  });

  async function serve(options: { sampleRatio: number; continueCallers?: boolean; random?: number }) {
    const { sampleRatio, continueCallers = false, random = 0.5 } = options;
    const tracing = openTracing(
      { url: collector.url, sampleRatio, continueCallers },
      { env: {}, version: '1', report: (message) => expect.unreachable(message) },
    );
    const server = createServer((request, response) => {
      traceAnswers(request, response, () => random);
      const work = workOf(request);
      const current = { id: 'abc', outcome: null, outage: false, action: 'none' as const, work };
      work.requestId = current.id;
      withRequest(current, () => {
        const path = request.url ?? '';
        if (path.startsWith('/api/v1/requests')) noteSigningRequest(id);
        response.statusCode = path.startsWith('/status') ? 503 : 200;
        if (path.startsWith('/search')) response.write('half');
        else response.end('x');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      async get(path: string, headers: Record<string, string> = {}): Promise<void> {
        const asked = ask({ host: '127.0.0.1', port, path, headers, agent: false });
        asked.end();
        const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream & { destroy(): void }];
        if (path.startsWith('/search')) answer.destroy();
        else {
          answer.resume();
          await once(answer, 'end');
        }
      },
      async end(): Promise<void> {
        server.close();
        await once(server, 'close');
        await tracing?.close(5_000);
      },
    };
  }

  it('have route, method, status and ids, and nothing of the address, the headers or the person', async () => {
    const server = await serve({ sampleRatio: 1 });
    const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
    await server.get('/projects/secret-slug/x?token=hidden', {
      traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
      cookie: 'session=hidden',
      authorization: 'Bearer hidden',
      'user-agent': 'somebody',
    });
    await server.get('/search?q=hidden');
    await server.get('/healthz');
    await server.end();
    expect(
      JSON.stringify(collector.spans, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).not.toMatch(/hidden|secret-slug|somebody|127\.0\.0\.1/);
    expect(collector.spans.map(({ name }) => name)).toEqual(['GET /projects', 'GET /search']);
    const [whole, half] = collector.spans;
    expect(whole).toMatchObject({ kind: 2, parentSpanId: null, links: [caller], failed: false });
    expect(whole?.traceId).not.toBe(caller.traceId);
    expect(whole?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/projects',
      'http.response.status_code': 200,
      'countersign.answer': 'whole',
      'countersign.database.statements': 0,
      'countersign.database.milliseconds': 0,
      'countersign.http_request_id': 'abc',
    });
    expect(half?.attributes['countersign.answer']).toBe('aborted');
  });

  it('continue the caller’s trace where the configuration says so', async () => {
    const server = await serve({ sampleRatio: 1, continueCallers: true });
    await server.get('/', { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` });
    await server.end();
    expect(collector.spans).toMatchObject([
      { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), links: [], name: 'GET /' },
    ]);
  });

  it('are a part of all, but for what failed or made a signing request, which names that one’s trace', async () => {
    const server = await serve({ sampleRatio: 0.4 });
    await server.get('/requests');
    await server.get('/status');
    await server.get('/api/v1/requests');
    await server.end();
    expect(collector.spans.map(({ name, failed }) => [name, failed])).toEqual([
      ['GET /status', true],
      ['GET /api/v1/requests', false],
    ]);
    expect(collector.spans[1]?.links).toEqual([rootOfRequest(id)]);
    expect(collector.spans[1]?.attributes['countersign.request_id']).toBe(id);
    expect(traceIdOfRequest(id)).toBe('2f6b8f0e111142228333444455556666');
  });
});
