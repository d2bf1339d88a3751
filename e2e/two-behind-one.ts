/** One address for several portals, as a load balancer has it: each request goes to the next one. */
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

export async function startOneAddress(): Promise<OneAddress> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const { behind, taken } = one;
    const to = behind[(turn += 1) % behind.length] ?? '';
    taken.set(to, (taken.get(to) ?? 0) + 1);
    pass(to, incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const one: OneAddress = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behind: [],
    taken: new Map(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return one;
}

function pass(to: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = '/' } = incoming;
  const onward = ask(new URL(url, to), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
