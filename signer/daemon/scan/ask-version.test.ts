import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answerBytesMax, ClamdDeadline } from './ask-clamd.ts';
import { askVersion } from './ask-version.ts';

const patient = 60_000;
const answer = 'ClamAV 1.4.6/27500/Mon Nov  2 09:26:36 2026';

let server: Server | null = null;
let open: Socket[] = [];
afterEach(() => {
  for (const socket of open) socket.destroy();
  server?.close();
  server = null;
  open = [];
});

async function listening(serve: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    open.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** Resolves when whoever asked has let go of every connection. */
async function untilAllClosed(): Promise<void> {
  for (const socket of open) {
    if (socket.readableEnded || socket.destroyed) continue;
    const { promise, resolve } = Promise.withResolvers<null>();
    socket
      .once('end', () => resolve(null))
      .once('close', () => resolve(null))
      .resume();
    await promise;
  }
}

describe('clamd’s version', () => {
  it('is its complete answer, however it is split into chunks', async () => {
    let asked = '';
    const place = await listening((socket) => {
      socket.once('data', (question: Buffer) => {
        asked = question.toString();
        socket.write(answer.slice(0, 9), () => socket.end(`${answer.slice(9)}\n`));
      });
    });
    expect(await askVersion(place, patient)).toBe(answer);
    expect(asked).toBe('nVERSION\n');
    await untilAllClosed();
  });

  it('is asked concurrently, each time on a connection of its own', async () => {
    let count = 0;
    const place = await listening((socket) => socket.once('data', () => socket.end(`${String(count++)}\n`)));
    const both = await Promise.all([askVersion(place, patient), askVersion(place, patient)]);
    expect(both.sort()).toEqual(['0', '1']);
  });

  it('is unknown if nothing listens', async () => {
    const { port } = await listening(() => undefined);
    server?.close();
    await expect(askVersion({ host: '127.0.0.1', port }, patient)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['it hangs up at once', (socket) => socket.destroy()],
    ['it hangs up when it is asked', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    [
      'it hangs up in the middle of its answer',
      (socket) => socket.once('data', () => socket.write('ClamAV', () => socket.resetAndDestroy())),
    ],
    ['it says nothing to its end', (socket) => socket.resume().end()],
    ['it says an empty line', (socket) => socket.resume().end('\n')],
  ])('is unknown if %s', async (_name, serve) => {
    await expect(askVersion(await listening(serve), patient)).rejects.toThrow();
  });

  it.each<[string, (socket: Socket) => void]>([
    ['takes the question and is silent', (socket) => socket.resume()],
    ['answers and doesn’t end', (socket) => socket.once('data', () => socket.write(`${answer}\n`))],
    [
      'says a little, again and again',
      (socket) => {
        const timer = setInterval(() => socket.write('C'), 10);
        socket.once('close', () => clearInterval(timer)).resume();
      },
    ],
  ])('is unknown at the deadline if clamd %s, and the connection is closed', async (_name, serve) => {
    const place = await listening(serve);
    await expect(askVersion(place, 300)).rejects.toBeInstanceOf(ClamdDeadline);
    await untilAllClosed();
  });

  it('is unknown if it is too long', async () => {
    const place = await listening((socket) => socket.resume().end('C'.repeat(answerBytesMax + 1)));
    await expect(askVersion(place, patient)).rejects.toThrow(`longer than ${answerBytesMax} bytes`);
  });

  it('is unknown if it never ends: the connection is closed', async () => {
    const place = await listening((socket) => {
      let left = 1000;
      const more = (): void => {
        while (left > 0 && socket.writable && socket.write('ClamAV '.repeat(1000))) left -= 1;
      };
      socket.on('drain', more);
      more();
    });
    await expect(askVersion(place, patient)).rejects.toThrow(`longer than ${answerBytesMax} bytes`);
    await untilAllClosed();
  });
});
