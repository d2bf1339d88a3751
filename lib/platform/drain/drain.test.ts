import { createServer, request as ask, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isDraining, openDrain, untilLeaving } from './index.ts';

const holder = globalThis as typeof globalThis & {
  countersignDrains?: boolean;
  countersignLeaving?: AbortController;
};
const times = { delaySeconds: 1, answersSeconds: 10, transfersSeconds: 14 };
let close = (): void => undefined;
afterEach(() => {
  delete holder.countersignDrains;
  delete holder.countersignLeaving;
  close();
});

/** A clock that the test moves: each wait is held until `pass` is called. */
function openClock() {
  const waits: { readonly seconds: number; readonly go: () => void }[] = [];
  let onWait: (() => void) | null = null;
  const wait = (seconds: number): Promise<void> =>
    new Promise((resolve) => {
      waits.push({ seconds, go: resolve });
      onWait?.();
    });
  return {
    wait,
    /** Ends the next wait, once there is one → how long it was to take. */
    async pass(): Promise<number> {
      if (waits.length === 0) await new Promise<void>((resolve) => (onWait = resolve));
      const { seconds, go } = waits.shift() ?? { seconds: -1, go: () => undefined };
      go();
      return seconds;
    },
  };
}

async function open() {
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    if (request.url === '/held') response.write('x');
    else request.on('end', () => response.end(String(bytes)));
  });
  const closing = openDrain(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const start = (
    path: string,
    method = 'PUT',
  ): { request: ClientRequest; begun: Promise<unknown>; end: Promise<string> } => {
    const request = ask({ host: '127.0.0.1', port, path, method, agent: false });
    const end = new Promise<string>((resolve) => {
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      request.on('response', (response: IncomingMessage) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(`${text} ${response.headers.connection ?? ''}`));
        response.on('error', () => resolve(`${text} cut`));
      });
    });
    const begun = new Promise((resolve) => request.once('response', resolve));
    return { request, begun, end };
  };
  const drain = (wanted: typeof times, wait: (seconds: number) => Promise<unknown>) =>
    closing.drain(wanted, wait);
  return { server, drain, start };
}

/** So that what was written has arrived: the server has as many bytes of it. */
const arrived = (request: ClientRequest, chunk: string): Promise<void> =>
  new Promise((resolve) => request.write(chunk, () => resolve()));

describe('a portal that is stopped', () => {
  it('says so first and goes on for a moment, then takes no more, and lets an upload end that goes on', async () => {
    const { drain, start } = await open();
    const upload = start('/upload');
    await arrived(upload.request, 'a'.repeat(1000));
    const held = start('/held', 'GET');
    held.request.end();
    await held.begun;
    const clock = openClock();
    const ended = drain(times, clock.wait);
    expect(isDraining()).toBe(true);
    const during = start('/', 'POST');
    during.request.end('12345');
    expect(await during.end, 'taken, without keeping the connection').toBe('5 close');
    expect(untilLeaving().aborted).toBe(false);
    expect(await clock.pass(), 'the delay').toBe(1);
    expect(await clock.pass(), 'for requests on their way').toBe(1);
    expect(untilLeaving().aborted, 'who waits for news waits no longer').toBe(true);
    expect(await clock.pass()).toBe(10);
    // Between the first look and the second, one sends and the other is silent.
    await arrived(upload.request, 'b'.repeat(1000));
    expect(await start('/').end, 'no more are taken').toBe('ECONNREFUSED');
    expect(await clock.pass()).toBe(2);
    expect(await held.end).toBe('x cut');
    upload.request.end('c');
    expect(await upload.end).toBe('2001 close');
    await ended;
  });

  it('cuts off what takes longer than it may', async () => {
    const { drain, start } = await open();
    const upload = start('/upload');
    await arrived(upload.request, 'a');
    const clock = openClock();
    const ended = drain({ ...times, transfersSeconds: 10 }, clock.wait);
    for (let waits = 0; waits < 3; waits += 1) await clock.pass();
    expect(await upload.end).toBe('ECONNRESET');
    await ended;
  });

  it('waits for no connection that a proxy opened and sent nothing on, nor for one that it keeps for later', async () => {
    const { server, drain, start } = await open();
    const { port } = server.address() as AddressInfo;
    const spare = connect(port, '127.0.0.1');
    await once(server, 'connection');
    const kept = connect(port, '127.0.0.1');
    kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(kept, 'data');
    // A request whose first bytes come while the portal goes is answered: its connection isn't a spare.
    const late = start('/late');
    await arrived(late.request, 'a');
    const clock = openClock();
    const ended = drain({ delaySeconds: 1, answersSeconds: 600, transfersSeconds: 600 }, clock.wait);
    const closed = [spare, kept].map((socket) => once(socket, 'close'));
    await clock.pass();
    await closed[1];
    expect(spare.destroyed).toBe(false);
    expect(await clock.pass()).toBe(1);
    await closed[0];
    late.request.end('b');
    expect(await late.end).toMatch(/^2 /);
    // Nobody waits for the 600 seconds.
    await ended;
  });
});
