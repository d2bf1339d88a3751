import { readdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { exposeProcess, measureAnswers, routeOf } from './index.ts';

const app = join(import.meta.dirname, '..', '..', '..', 'app');

/** Folders below one of app/, by the address that they stand for: those in brackets have none of their own. */
const addressesIn = (folder: string): readonly string[] =>
  readdirSync(join(app, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^[_[]/.test(entry.name))
    .flatMap(({ name }) =>
      name.startsWith('(')
        ? addressesIn(join(folder, name))
        : [join('/', folder.replace(/\(.*?\)/, ''), name)],
    );

describe('the routes of metrics', () => {
  it('are every page, and no more than that, whatever is asked', () => {
    const pages = [...addressesIn(''), ...addressesIn('api'), ...addressesIn('api/v1')];
    expect(pages.length).toBeGreaterThan(40);
    const unknown = pages.filter((page) => page !== '/api' && page !== '/api/v1' && routeOf(page) !== page);
    expect(unknown).toEqual([]);
    const asked = ['/nothing/here', '/api/v2/requests', '/api/v1/nothing', 'http://x/', '*', '/constructor'];
    expect(asked.map(routeOf)).toEqual(asked.map(() => 'other'));
    expect(['/', '/?a=/requests', '/requests/1?b', '/api/v1/requests/1/approvals'].map(routeOf)).toEqual([
      ...['/', '/', '/requests', '/api/v1/requests'],
    ]);
  });
});

describe('the metrics of answers', () => {
  it('count an answer by its kind of page, method and status, and one that broke off as such', async () => {
    let brokeOff: Promise<unknown> = Promise.resolve();
    const server = createServer((request, response) => {
      measureAnswers(request, response);
      if (request.url === '/status') {
        brokeOff = once(response, 'close');
        response.write('half');
        return;
      }
      response.statusCode = 404;
      response.end('x'.repeat(100_000));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await (await fetch(`${url}/requests/1`, { method: 'POST', body: '12345' })).text();
      const leaving = new AbortController();
      const half = await fetch(`${url}/status`, { signal: leaving.signal });
      leaving.abort();
      await half.text().catch(() => undefined);
      await brokeOff;
      const exposed = await exposeProcess();
      const line = (start: string) => exposed.split('\n').find((one) => one.startsWith(start));
      const of = 'countersign_portal_http_request_duration_seconds_count';
      expect(line(`${of}{method="POST",route="/requests",status="4xx"}`)).toMatch(/ 1$/);
      expect(line(`${of}{method="GET",route="/status",status="aborted"}`)).toMatch(/ 1$/);
      expect(line('countersign_portal_http_received_bytes_total{route="/requests"}')).toMatch(/ 5$/);
      const sent = line('countersign_portal_http_sent_bytes_total{route="/requests"}') ?? '';
      expect(Number(sent.split(' ')[1])).toBeGreaterThan(100_000);
      expect(line('countersign_portal_http_requests_open')).toMatch(/ 0$/);
      expect(line('countersign_portal_process_resident_memory_bytes')).toMatch(/ \d/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('count no byte twice of requests that came together, and no body that never came', async () => {
    const server = createServer((request, response) => {
      measureAnswers(request, response);
      response.end('x'.repeat(1000));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    try {
      const head = (path: string, more = '') => `${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
      socket.write(head('GET /search').repeat(20));
      socket.end(head('POST /outbox', 'Content-Length: 9007199254740991\r\n'));
      await text(socket);
      const lines = (await exposeProcess()).split('\n');
      const bytes = (start: string) => Number(lines.find((one) => one.startsWith(start))?.split(' ')[1] ?? 0);
      const sent = bytes('countersign_portal_http_sent_bytes_total{route="/search"}');
      expect(sent).toBeGreaterThan(20_000);
      expect(sent).toBeLessThan(30_000);
      expect(bytes('countersign_portal_http_received_bytes_total{route="/outbox"}')).toBeLessThan(5000);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
