import { existsSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bodyLimitsOf, enforcePace, isUpload, openSlots, serverTimings } from './index.ts';
import type { PaceOptions } from './enforce-pace.ts';
import { patience } from '../../../dev/test/patience.ts';

const defaults = bodyLimitsOf(undefined);
/** Nothing here happens unless a test wants to see it. */
const patient: PaceOptions = {
  ...defaults,
  idleMilliseconds: 600_000,
  windowMilliseconds: 600_000,
  bytesPerSecondMin: 1,
  otherMilliseconds: 600_000,
  answeredMilliseconds: 600_000,
  isUpload,
  networkOf: () => 'here',
};
const upload = '/api/v1/artifacts/abc';

describe('a server that enforces a minimum pace on bodies', () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  /** Answers with how many bytes came, or as `handler` does. */
  async function open(
    options: Partial<PaceOptions>,
    more: {
      readonly handler?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
      readonly headersMilliseconds?: number;
    } = {},
  ): Promise<{ readonly port: number; readonly broken: string[] }> {
    const broken: string[] = [];
    const count = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let bytes = 0;
      try {
        for await (const chunk of request) bytes += (chunk as Buffer).length;
        response.end(String(bytes));
      } catch (error) {
        broken.push((error as Error).message);
        response.end('broken');
      }
    };
    const answer = enforcePace(more.handler ?? count, { ...patient, ...options });
    const timings = { ...serverTimings(more.headersMilliseconds), connectionsCheckingInterval: 20 };
    const server: Server = createServer(timings, (request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, broken };
  }

  interface Sending {
    write(bytes: number): void;
    end(): void;
    readonly answer: Promise<{ readonly status: number; readonly body: string }>;
  }

  function send(port: number, init: { readonly method?: string; readonly path?: string } = {}): Sending {
    const { method = 'PUT', path = upload } = init;
    const sending = ask({ port, host: '127.0.0.1', method, path, agent: false });
    closing.push(() => sending.destroy());
    const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
      sending.once('error', reject);
      sending.once('response', (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
    });
    answer.catch(() => undefined);
    sending.flushHeaders();
    return {
      answer,
      write: (bytes) => void sending.write(Buffer.alloc(bytes)),
      end: () => void sending.end(),
    };
  }

  /** A clock that goes by itself as fast as told, so that minutes pass in a test of a second. */
  const clock = (speed: number) => {
    const start = performance.now();
    return () => (performance.now() - start) * speed;
  };

  it('lets an upload exceed every time limit while bytes flow', async () => {
    let [now, looks] = [0, 0];
    const { port } = await open({
      idleMilliseconds: 200,
      windowMilliseconds: 400,
      otherMilliseconds: 300,
      now: () => ((looks += 1), now),
    });
    const sending = send(port);
    for (let sent = 0; sent < 40; sent += 1) {
      sending.write(100);
      now += 100;
      const before = looks;
      await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 1), patience);
    }
    sending.end();
    expect(await sending.answer).toEqual({ status: 200, body: '4000' });
    expect(now).toBeGreaterThan(10 * 300);
  });

  it('ends one without a byte with 408, and reports it to the sender and to the reader', async () => {
    const { port, broken } = await open({ idleMilliseconds: 300 });
    const sending = send(port);
    sending.write(10);
    const { status, body } = await sending.answer;
    const problem = JSON.parse(body) as {
      readonly code: string;
      readonly status: number;
      readonly type: string;
    };
    expect([status, problem.status, problem.code]).toEqual([408, 408, 'UPLOAD_STALLED']);
    expect(problem.type).toContain('upload-stalled');
    await vi.waitFor(() => expect(broken).toEqual(['aborted']), patience);
  });

  it('ends one that sends a byte now and then', async () => {
    const { port } = await open({
      idleMilliseconds: 600_000,
      windowMilliseconds: 60_000,
      bytesPerSecondMin: 100,
      now: clock(100),
      answeredMilliseconds: 400,
    });
    const sending = send(port);
    const timer = setInterval(() => sending.write(1), 20);
    closing.push(() => clearInterval(timer));
    const { status, body } = await sending.answer;
    expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([408, 'UPLOAD_TOO_SLOW']);
  });

  it('keeps a time limit for everything but uploads', async () => {
    const { port } = await open({ otherMilliseconds: 300, answeredMilliseconds: 100 });
    for (const other of [
      { method: 'POST', path: '/api/v1/requests' },
      { method: 'POST', path: '/report' },
    ]) {
      const sending = send(port, other);
      const timer = setInterval(() => sending.write(1000), 20);
      closing.push(() => clearInterval(timer));
      const { status, body } = await sending.answer;
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([408, 'REQUEST_TOO_LONG']);
      clearInterval(timer);
    }
  });

  it('doesn’t blame the sender for what the server hasn’t read yet', async () => {
    const read = Promise.withResolvers<undefined>();
    // A second passes at each look for as long as the server doesn't read; the sender's own slowness costs none.
    let looks = 0;
    let reading = false;
    const { port } = await open(
      {
        idleMilliseconds: 200,
        windowMilliseconds: 200,
        bytesPerSecondMin: 1000,
        now: () => (reading ? looks : (looks += 1)) * 1000,
      },
      {
        handler: async (request, response) => {
          await read.promise;
          let bytes = 0;
          for await (const chunk of request) bytes += (chunk as Buffer).length;
          response.end(String(bytes));
        },
      },
    );
    const sending = send(port);
    sending.write(1_000_000);
    sending.end();
    await vi.waitFor(() => expect(looks).toBeGreaterThan(20), patience);
    reading = true;
    read.resolve(undefined);
    expect(await sending.answer).toEqual({ status: 200, body: '1000000' });
  });

  it('ends a connection that goes on sending after its request was answered', async () => {
    const { port } = await open(
      { answeredMilliseconds: 200 },
      {
        handler: async (_request, response) => {
          response.writeHead(401).end('no');
        },
      },
    );
    const ended = Promise.withResolvers<undefined>();
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.once('close', () => ended.resolve(undefined));
    socket.resume();
    socket.write(`PUT ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n`);
    const timer = setInterval(() => socket.write('x'), 20);
    closing.push(
      () => clearInterval(timer),
      () => socket.destroy(),
    );
    await ended.promise;
  });

  it('keeps the time limit for request heads', async () => {
    const { port } = await open({}, { headersMilliseconds: 200 });
    const answer = Promise.withResolvers<string>();
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data) => answer.resolve(data.toString()));
    closing.push(() => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect(await answer.promise).toContain('408 Request Timeout');
  });

  it('limits concurrent uploads per network, and accepts another when one is done', async () => {
    const networks = ['a', 'a', 'a', 'b', 'a'];
    const { port } = await open({ atOncePerNetwork: 2, networkOf: () => networks.shift() ?? null });
    const first = send(port);
    first.write(1);
    const second = send(port);
    second.write(1);
    await vi.waitFor(() => expect(networks).toHaveLength(3), patience);
    const third = send(port);
    third.end();
    // A request without a body (an empty chunked one has one) is counted too.
    const { status, body } = await third.answer;
    expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([429, 'TOO_MANY_AT_ONCE']);
    const other = send(port);
    other.end();
    expect((await other.answer).status).toBe(200);
    first.end();
    expect((await first.answer).status).toBe(200);
    const again = send(port);
    again.end();
    expect((await again.answer).status).toBe(200);
    second.end();
    expect((await second.answer).status).toBe(200);
  });

  it('frees the slot of an upload whose sender disconnected', async () => {
    let arrived = 0;
    const { port } = await open({ atOncePerNetwork: 1, networkOf: () => ((arrived += 1), 'a') });
    const socket = connect(port, '127.0.0.1');
    socket.write(`PUT ${upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc`);
    await vi.waitFor(() => expect(arrived).toBe(1), patience);
    socket.destroy();
    await vi.waitFor(async () => {
      const next = send(port);
      next.end();
      expect((await next.answer).status).toBe(200);
    }, patience);
  });
});

describe('slots', () => {
  it('are released once, however often release is called', () => {
    const slots = openSlots(1);
    const release = slots.take('a');
    expect(slots.take('a')).toBeNull();
    release?.();
    const second = slots.take('a');
    release?.();
    expect(second).not.toBeNull();
    expect(slots.take('a')).toBeNull();
  });
});

describe('an upload', () => {
  it.each([
    ['PUT', '/api/v1/artifacts/abc', true],
    ['PUT', '/api/v1/artifacts/abc?x', true],
    ['POST', '/api/v1/artifacts/abc', false],
    ['PUT', '/api/projects/p/upload?policy=x', true],
    ['POST', '/api/projects/p/upload', true],
    ['POST', '/api/projects/p/upload/more', false],
    ['POST', '/report', false],
    ['PATCH', '/api/v1/uploads/abc', true],
    ['POST', '/api/v1/uploads', false],
    ['PUT', '/x?/api/v1/artifacts/abc', false],
  ])('%s %s: %s', (method, url, is) => {
    expect(isUpload({ method, url })).toBe(is);
  });

  it('goes to a route that exists', () => {
    const app = join(import.meta.dirname, '../../../app');
    for (const route of [
      'api/v1/artifacts/[sha256]/route.ts',
      'api/v1/uploads/[id]/route.ts',
      'api/projects/[slug]/upload/route.ts',
    ])
      expect(existsSync(join(app, route)), route).toBe(true);
  });
});
