import { createServer, request as ask } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { beginAction, currentRequest, lengthHeader, sized } from '../http/index.ts';
import { guardRequests, type Handler } from './index.ts';

const publicUrl = 'https://portal.example';
let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function serve(handler: Handler) {
  const answer = guardRequests(handler, { publicUrl, formBytesMax: 1_000 });
  const server = createServer((request, response) => void answer(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> =>
    new Promise((resolve, reject) => {
      ask({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: found } = response;
          resolve({ status, headers: found, text: Buffer.concat(chunks).toString('utf8') });
        });
      })
        .on('error', reject)
        .end(body);
    });
}

const page = { accept: 'text/html,*/*' };
const done: Handler = async (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<p>done</p>');
};
const answering = (status: number, type: string, body = 'inside'): Handler => {
  return async (_request, response) => {
    response.statusCode = status;
    if (type !== '') response.setHeader('content-type', type);
    // As Next.js compresses: the head is written with the first bytes, and more of them come later.
    response.setHeader('content-encoding', 'gzip');
    const bytes = gzipSync(body);
    response.write(bytes.subarray(0, 5));
    await wait(5);
    response.end(bytes.subarray(5));
  };
};

describe('an address with a zero byte, or that doesn’t decode', () => {
  it.each([
    ['/search?q=a%00b', 'zero byte'],
    ['/projects/%00', 'zero byte'],
    ['/api/v1/requests?project=%00', 'zero byte'],
    ['/requests/%ff%fe', 'no UTF-8 text'],
    ['/api/v1/requests/%', 'no UTF-8 text'],
  ])('is refused before anything runs: %s', async (path, words) => {
    let ran = false;
    const send = await serve(async (request, response) => {
      ran = true;
      await done(request, response);
    });
    const answer = await send('GET', path, page);
    expect([answer.status, ran]).toEqual([400, false]);
    expect(answer.text).toContain(words);
  });

  it('is let through where only what is searched for doesn’t decode', async () => {
    const send = await serve(done);
    expect((await send('GET', '/search?q=100%', page)).status).toBe(200);
  });

  it('isn’t an address that only mentions one', async () => {
    const send = await serve(done);
    expect((await send('GET', '/search?q=%2500', page)).status).toBe(200);
  });
});

describe('an answer whose route says its length', () => {
  /** As Next.js passes on what a route answers. */
  const passedOn: Handler = async (_request, response) => {
    for (const [name, value] of Object.entries(sized(10)))
      if (name !== 'content-length') response.setHeader(name, value);
    if (_request.method !== 'HEAD') {
      response.write('01234');
      await wait(5);
    }
    response.end(_request.method === 'HEAD' ? undefined : '56789');
  };

  it.each(['GET', 'HEAD'])('has it, although Next.js takes it away: %s', async (method) => {
    const send = await serve(passedOn);
    const { status, headers, text } = await send(method, '/api/v1/requests/x/artifact');
    expect([status, headers['content-length'], text]).toEqual([
      200,
      '10',
      method === 'GET' ? '0123456789' : '',
    ]);
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(Object.keys(headers).filter((name) => name.startsWith('x-countersign'))).toEqual([]);
  });

  it('has none where it was packed on the way: nobody knows how long that becomes', async () => {
    const packed = gzipSync('0123456789');
    const send = await serve(async (_request, response) => {
      response.setHeader(lengthHeader, '10').setHeader('content-encoding', 'gzip');
      response.write(packed.subarray(0, 5));
      await wait(5);
      response.end(packed.subarray(5));
    });
    const { headers } = await send('GET', '/api/v1/requests/x/report');
    expect(headers).not.toHaveProperty('content-length');
    expect(headers).not.toHaveProperty(lengthHeader);
  });
});

describe('a request from another site', () => {
  it.each([
    ['from another site', { origin: 'https://evil.example' }, 403],
    ['from another scheme', { origin: 'http://portal.example' }, 403],
    ['from a page that hides where it is', { origin: 'null' }, 403],
    ['without an origin, but said to be from elsewhere', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['from the portal', { origin: publicUrl }, 200],
    ['from a program', {}, 200],
    ['by hand', { 'sec-fetch-site': 'none' }, 200],
    ['with a token', { origin: 'https://evil.example', authorization: 'Bearer x' }, 200],
    [
      'with a host of its own making',
      { origin: 'https://evil.example', host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      403,
    ],
  ])(
    'is refused before anything runs, and only then: %s',
    async (_, headers: Record<string, string>, status) => {
      let ran = false;
      const send = await serve(async (request, response) => {
        ran = true;
        return done(request, response);
      });
      for (const path of ['/report', '/api/auth/signout', '/api/v1/emergency-stops']) {
        ran = false;
        const answer = await send('POST', path, { ...page, ...headers });
        expect([answer.status, ran], path).toEqual([status, status === 200]);
      }
      expect((await send('GET', '/', headers)).status).toBe(200);
    },
  );

  it('is answered in the requested format', async () => {
    const send = await serve(done);
    const foreign = { origin: 'https://evil.example' };
    const api = await send('POST', '/api/v1/emergency-stops', { ...page, ...foreign });
    expect(api.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(api.text)).toMatchObject({ status: 403, code: 'FOREIGN_ORIGIN' });
    const html = await send('POST', '/report', { ...page, ...foreign });
    expect(html.text).toContain('<title>Error: Sent from another site');
    expect(html.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
  });
});

describe('a request', () => {
  it('has its own id, known to the answer and to all code that handles it, and can’t influence the portal’s address', async () => {
    const seen: unknown[] = [];
    const send = await serve(async (request, response) => {
      await wait(1);
      seen.push([
        currentRequest()?.id,
        request.headers['x-forwarded-host'],
        request.headers['x-forwarded-proto'],
      ]);
      return done(request, response);
    });
    const evil = { 'x-forwarded-host': 'evil.example', 'x-request-id': 'chosen' };
    const [one, two] = await Promise.all([send('GET', '/', evil), send('GET', '/')]);
    const ids = [one.headers['x-request-id'], two.headers['x-request-id']];
    expect(ids.every((id) => /^[0-9a-f]{16}$/.test(String(id)))).toBe(true);
    expect(ids[0]).not.toBe(ids[1]);
    expect(seen).toEqual(expect.arrayContaining(ids.map((id) => [id, 'portal.example', 'https'])));
  });

  it('reaches the portal without what asks for previews', async () => {
    let seen: IncomingHttpHeaders = {};
    const call = await serve(async (request, response) => {
      seen = request.headers;
      return done(request, response);
    });
    await call('GET', '/', { ...page, cookie: '__prerender_bypass=x; a=b', 'x-prerender-revalidate': 'x' });
    expect(seen.cookie).toBe('a=b');
    expect(seen).not.toHaveProperty('x-prerender-revalidate');
  });

  it('is refused before it is read if its form is larger than any of the portal’s', async () => {
    const send = await serve(done);
    expect(await send('POST', '/report', page, 'x'.repeat(1_001))).toMatchObject({ status: 413 });
    expect(await send('POST', '/report', page, 'x'.repeat(1_000))).toMatchObject({ status: 200 });
    // Larger than what a connection takes in without being read: the sender is still at it when it is refused.
    expect(await send('POST', '/report', page, 'x'.repeat(8_000_000))).toMatchObject({ status: 413 });
    expect(await send('PUT', '/api/v1/artifacts/0', {}, 'x'.repeat(1_001))).toMatchObject({ status: 200 });
  });
});

describe('a failure', () => {
  it('is a fault with a reference, without advice to retry', async () => {
    const send = await serve(answering(500, 'text/html', '<html id="__next_error__">secret</html>'));
    const answer = await send('GET', '/changes', page);
    expect(answer).toMatchObject({ status: 500 });
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.text).toContain(`<code>${String(answer.headers['x-request-id'])}</code>`);
    expect(answer.text).not.toMatch(/secret|later|in a minute/);
    expect(answer.headers['content-encoding']).toBeUndefined();
    const api = await send('GET', '/api/v1/requests', page);
    expect(JSON.parse(api.text)).toMatchObject({ status: 500, requestId: api.headers['x-request-id'] });
  });

  it('is an outage if a service is down, with advice to retry', async () => {
    const send = await serve(async (request, response) => {
      const current = currentRequest();
      if (current !== null) current.outage = true;
      return answering(500, 'text/html')(request, response);
    });
    const answer = await send('GET', '/changes', page);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '10']);
    expect(answer.text).toContain('Try again in a minute');
  });

  it.each([
    ['a form that the build doesn’t know', 'POST', '/report', answering(404, 'text/plain'), 409],
    ['a form that an earlier build knew', 'POST', '/report', answering(409, 'text/plain'), 409],
    ['a route that isn’t there', 'GET', '/api/v1/nothing', answering(404, 'text/html'), 404],
    ['a method that a route hasn’t', 'PATCH', '/api/v1/requests', answering(405, ''), 405],
  ])('is explained: %s', async (_, method, path, handler, status) => {
    const send = await serve(handler);
    const answer = await send(method, path, page);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('inside');
  });

  it.each([
    ['/api/v1/requests', 'GET, POST, HEAD, OPTIONS'],
    ['/api/v1/requests/1/steps/2/scan?limit=5', 'GET, HEAD, OPTIONS'],
    ['/api/v1/artifacts/1/', 'PUT, OPTIONS'],
  ])('says what an address of the API takes: %s', async (path, allow) => {
    const send = await serve(answering(405, ''));
    expect((await send('PATCH', path)).headers.allow).toBe(allow);
  });

  it.each(['/api/v1', '/api/v1/', '/api/v1?x', '/api/v1/nothing', '/api/v1/artifacts/1/2'])(
    'says of an address that the API hasn’t that it isn’t there: %s',
    async (path) => {
      for (const status of [404, 405]) {
        const send = await serve(answering(status, 'text/html'));
        const answer = await send('GET', path, page);
        expect([answer.status, answer.headers.allow]).toEqual([404, undefined]);
        expect(JSON.parse(answer.text)).toMatchObject({ code: 'NOT_FOUND' });
      }
    },
  );

  it.each([
    ['a page that isn’t there', '/nothing', answering(404, 'text/html')],
    ['a problem of a route', '/api/v1/requests', answering(507, 'application/problem+json')],
    ['what a page fetched', '/readyz', answering(503, 'application/json')],
  ])('keeps its own message if it has one: %s', async (_, path, handler) => {
    const send = await serve(handler);
    expect((await send('GET', path, page)).headers['content-encoding']).toBe('gzip');
  });

  describe('before an action received the form', () => {
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    const call = { 'next-action': '40', accept: 'text/x-component', 'content-type': 'text/plain' };
    const failing = answering(500, 'text/x-component');

    it('is the sender’s: 400 with a message, for forms without scripts and for calls by scripts', async () => {
      const send = await serve(failing);
      const html = await send('POST', '/report', { ...page, ...form }, '--x');
      expect([html.status, html.headers['content-encoding']]).toEqual([400, undefined]);
      expect(html.text).toContain('Not a form of this portal');
      const called = await send('POST', '/report', call, 'no JSON');
      expect(called.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(called.text)).toMatchObject({ status: 400, code: 'FORM_UNREADABLE' });
    });

    it('is a fault all the same once an action has begun, and an outage where something is down', async () => {
      const begun = await serve(async (request, response) => {
        beginAction();
        return failing(request, response);
      });
      expect((await begun('POST', '/report', call, '[]')).status).toBe(500);
      expect((await begun('POST', '/report', { ...page, ...form }, '--x')).status).toBe(500);
      const down = await serve(async (request, response) => {
        const current = currentRequest();
        if (current !== null) current.outage = true;
        return answering(500, 'text/html')(request, response);
      });
      expect((await down('POST', '/report', { ...page, ...form }, '--x')).status).toBe(503);
    });

    it('is a fault if nothing was sent to an action', async () => {
      const send = await serve(answering(500, 'text/html'));
      expect((await send('GET', '/report', { ...page, ...call })).status).toBe(500);
      const encoded = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await send('POST', '/report', { ...page, ...encoded }, 'a=b')).status).toBe(500);
      expect((await send('POST', '/api/v1/requests', { ...page, ...form }, '--x')).status).toBe(500);
    });
  });

  it('gives a form’s page the status that its action meant', async () => {
    const send = await serve(async (request, response) => {
      const current = currentRequest();
      if (current !== null) current.outcome = { status: 429, retryAfterSeconds: 7 };
      return done(request, response);
    });
    const answer = await send('POST', '/report', page);
    expect([answer.status, answer.headers['retry-after'], answer.text]).toEqual([429, '7', '<p>done</p>']);
  });
});
