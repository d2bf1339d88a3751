import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRefsHost, type RefsHost } from './index.ts';

const main = 'refs/heads/main';
const object = '1'.repeat(40);
const line = `003d${object} ${main}\n`;
const type = 'application/x-git-upload-pack-result';

let server: Server;
let origin: string;
let answer: RequestListener;
let requests: IncomingMessage[];
let connections: number;
let minutes: number;
const log = { info: vi.fn() };

beforeEach(async () => {
  [requests, connections, minutes] = [[], 0, 0];
  log.info.mockReset();
  answer = (_, response) => response.setHeader('content-type', type).end(`${line}0000`);
  server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    answer(request, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (url = `http://${origin}/p.git`, timeoutMilliseconds = 60_000): RefsHost =>
  openRefsHost(url, { log, clock: () => minutes * 60_000, timeoutMilliseconds }) ?? expect.fail('git alone');
const ask = async (host: RefsHost) => {
  const refs = await host.refs([main], 'sha1');
  return refs === null ? null : [...refs];
};
const reasons = () => log.info.mock.calls.map(([said]) => (said as { reason: string }).reason);

describe('a Git host', () => {
  it('is asked in one request of protocol v2, each time, over one connection', async () => {
    const host = open(`http://robot:s3cret@${origin}/p.git`);
    for (let asked = 0; asked < 3; asked++) expect(await ask(host)).toEqual([[main, object]]);
    expect(connections).toBe(1);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array.from({ length: 3 }, () => 'POST /p.git/git-upload-pack'),
    );
    expect(requests[0]?.headers).toMatchObject({
      'git-protocol': 'version=2',
      'content-type': 'application/x-git-upload-pack-request',
      accept: type,
      authorization: `Basic ${Buffer.from('robot:s3cret').toString('base64')}`,
    });
  });

  it('answers several questions at once', async () => {
    const host = open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(host)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => [[main, object]]));
  });

  it.each<[string, RequestListener, string]>([
    ['another status', (_, to) => to.writeHead(403, { 'content-type': type }).end(), 'status 403, not 200'],
    [
      'a redirect',
      (_, to) => to.writeHead(307, { 'content-type': type, location: '/q.git' }).end(`${line}0000`),
      'status 307, not 200',
    ],
    [
      'another content type',
      (_, to) => to.setHeader('content-type', 'text/html').end(`${line}0000`),
      'is no application/x-git-upload-pack-result',
    ],
    [
      'another encoding',
      (_, to) => to.setHeader('content-type', type).setHeader('content-encoding', 'gzip').end(`${line}0000`),
      'is no application/x-git-upload-pack-result',
    ],
    ['an older protocol', (_, to) => to.setHeader('content-type', type).end('0008NAK\n'), 'at byte 8'],
    ['an error of git', (_, to) => to.setHeader('content-type', type).end('0008ERR 0000'), 'line 1'],
    [
      'more than an answer may have',
      (_, to) => to.setHeader('content-type', type).end('0'.repeat(64 * 1024 + 1)),
      'more than 65536 bytes',
    ],
    [
      'less than it announces',
      (_, to) => {
        to.writeHead(200, { 'content-type': type, 'content-length': 1_000 });
        to.write(`${line}0000`, () => to.destroy());
      },
      'aborted',
    ],
    ['nothing', (request) => request.socket.destroy(), 'socket hang up'],
    [
      'another protocol',
      ({ socket }) => socket.end('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      'closed',
    ],
    ['what is no HTTP', ({ socket }) => socket.end('0000\r\n'), 'Parse Error'],
  ])('that answers %s is left to git for some minutes', async (_, listener, reason) => {
    answer = listener;
    const host = open();
    expect(await ask(host)).toBeNull();
    expect(reasons()).toEqual([expect.stringContaining(reason)]);
    minutes = 4;
    expect(await ask(host)).toBeNull();
    expect(requests).toHaveLength(1);
    minutes = 6;
    expect(await ask(host)).toBeNull();
    expect(requests).toHaveLength(2);
  });

  it('is asked again later, and then believed', async () => {
    const good = answer;
    answer = (_, response) => response.writeHead(503).end();
    const host = open();
    expect(await ask(host)).toBeNull();
    [answer, minutes] = [good, 6];
    expect(await ask(host)).toEqual([[main, object]]);
  });

  it.each<[string, RequestListener]>([
    ['never', () => undefined],
    [
      'byte by byte',
      (_, response) => {
        response.setHeader('content-type', type);
        const timer = setInterval(() => response.write('0'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('that answers %s is given up at the time limit', async (_, listener) => {
    answer = listener;
    const host = open(undefined, 200);
    expect(await ask(host)).toBeNull();
    expect(await ask(host)).toBeNull();
    expect(requests).toHaveLength(1);
    expect(reasons()).toEqual(['no whole answer within 200 ms']);
  });

  it('that closes a kept connection in the meantime is not left to git for that', async () => {
    const host = open();
    await ask(host);
    const good = answer;
    answer = (request) => request.socket.destroy();
    expect(await ask(host)).toBeNull();
    answer = good;
    expect(await ask(host)).toEqual([[main, object]]);
    expect(log.info).not.toHaveBeenCalled();
    expect(connections).toBe(2);
  });

  it('that can’t be reached is left to git, and nobody is told the credentials', async () => {
    const host = open('http://robot:s3cret@127.0.0.1:1/p.git');
    expect(await ask(host)).toBeNull();
    expect(reasons()).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(JSON.stringify(log.info.mock.calls)).not.toMatch(/robot|s3cret|cm9ib3/);
  });

  it('of a ref that fits in no request isn’t asked', async () => {
    const host = open();
    expect(await host.refs([`refs/heads/${'x'.repeat(70_000)}`], 'sha1')).toBeNull();
    expect(requests).toEqual([]);
  });

  it('has no answer for addresses that are for git alone', () => {
    expect(openRefsHost('ssh://git@git.example.org/p.git', { log })).toBeNull();
  });
});
