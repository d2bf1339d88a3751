/** A receiver of webhooks that verifies what it gets by Standard Webhooks, and misbehaves as a test tells it to. For tests. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Misbehaviour = number | RequestListener;

export async function openReceiver() {
  const received: Received[] = [];
  /** By path; 204 where nothing is said. */
  const answers = new Map<string, Misbehaviour>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
      const answer = answers.get(path) ?? 204;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    received,
    answers,
    of: (path: string) => received.filter((each) => each.path === path),
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * As a receiver checks it: one of the signatures is by its secret. The library compares the time with the machine's clock, which a test's
 * clock isn't: the signature is computed for the stated time.
 */
export function isSignedBy(secret: string, { headers, body }: Received): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof signatures !== 'string') return false;
  const expected = new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body);
  return signatures.split(' ').includes(expected);
}
