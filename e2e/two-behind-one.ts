/**
 * One address for several portals, as a load balancer has it: each request goes to the next one of those that say at /readyz that they
 * take some. It tries nothing twice: what a portal drops, whoever asked sees.
 */
import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OneAddress extends AsyncDisposable {
  readonly url: string;
  /** Addresses of the portals; set once they run. */
  behind: readonly string[];
  /** How many requests each has had. */
  readonly taken: Map<string, number>;
}

const askEveryMilliseconds = 250;

/** `looksAtReadiness`: false sends to all of them, whatever they say. */
export async function startOneAddress({ looksAtReadiness = false } = {}): Promise<OneAddress> {
  let turn = 0;
  const away = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    const { behind, taken } = one;
    const ready = behind.filter((url) => !away.has(url));
    const to = ready[(turn += 1) % ready.length] ?? '';
    taken.set(to, (taken.get(to) ?? 0) + 1);
    pass(to, incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const look = async (): Promise<void> => {
    for (const url of one.behind) {
      if (await isReady(url)) away.delete(url);
      else away.add(url);
    }
  };
  const looking = looksAtReadiness ? setInterval(() => void look(), askEveryMilliseconds) : undefined;
  const one: OneAddress = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behind: [],
    taken: new Map(),
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return one;
}

/** Whether it wants requests: a portal that ends says no from then on. Slow is not away. */
async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) });
    const { status } = answer;
    await answer.text();
    return status === 200;
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError';
  }
}

function pass(to: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (to === '') {
    outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('no portal is ready\n');
    return;
  }
  const { method, headers, url = '/' } = incoming;
  const onward = ask(new URL(url, to), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.on('error', () => onward.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
