/** What comes over the wire before anybody reads it: bounded in bytes and time, whatever the other side does. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { openSend } from './send.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function answeredBy(answer: (response: ServerResponse) => void, timeoutMilliseconds = 10_000) {
  server = createServer((_request, response) => {
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return openSend(timeoutMilliseconds)({ url, token: 'token' });
}
const json = { 'content-type': 'application/json' };
const tooLarge = { kind: 'unreadable', problem: 'the answer is larger than 4 MiB' };

test('a small answer that unpacks to gigabytes is cut at 4 MiB', async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(64 * 1024 * 1024, '[')));
  expect(bomb.byteLength).toBeLessThan(2 * 1024 * 1024);
  const exchange = await answeredBy((response) => {
    response.writeHead(200, { ...json, 'content-encoding': 'gzip, gzip' }).end(bomb);
  });
  expect(exchange).toMatchObject(tooLarge);
});

test('an answer without end is cut, too', async () => {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const exchange = await answeredBy((response) => {
    response.writeHead(200, json);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(exchange).toMatchObject(tooLarge);
});

test('an answer that drips takes no longer than one that never comes', async () => {
  const exchange = await answeredBy((response) => {
    response.writeHead(200, json);
    const drip = setInterval(() => response.write(' '), 50);
    response.once('close', () => {
      clearInterval(drip);
    });
  }, 400);
  expect(exchange).toEqual({ kind: 'silent', problem: 'it did not answer in time' });
});

test('nesting that no program could walk is an answer like any other', async () => {
  const exchange = await answeredBy((response) => {
    response.writeHead(200, json).end(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`);
  });
  expect(exchange).toMatchObject({ kind: 'answer', status: 200 });
});
