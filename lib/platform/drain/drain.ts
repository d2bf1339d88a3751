import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DrainTimes {
  /** Requests are still taken for as long, while /readyz says that there will be no more: a balancer has to notice. */
  readonly delaySeconds: number;
  /** From then on, for all that is being answered. */
  readonly answersSeconds: number;
  /** Uploads and downloads that go on get as long altogether; what is cut off can be resumed at another portal. */
  readonly transfersSeconds: number;
}

/** Without a byte in either direction for as long, a connection holds a page that waits for news, and no transfer. */
const stillSeconds = 2;

/**
 * So long after the last connection was taken, one on which nothing ever came is a spare that a proxy or a browser opened, and no
 * request that is on its way. Node.js doesn't count these as idle.
 */
const spareSeconds = 1;

/** The program that listens and the routes are bundled separately, and share only the process. */
const holder = globalThis as typeof globalThis & {
  countersignDrains?: boolean;
  countersignLeaving?: AbortController;
};

export const isDraining = (): boolean => holder.countersignDrains === true;

const leaving = (): AbortController => (holder.countersignLeaving ??= new AbortController());

/** Aborted once no more requests are taken: who waits for news is answered as things stand, and asks again elsewhere. */
export const untilLeaving = (): AbortSignal => leaving().signal;

/** From a server's start on, to know its connections; `drain` resolves once none is open any more. */
export function openDrain(server: Server): {
  drain(times: DrainTimes, wait?: (seconds: number) => Promise<unknown>): Promise<void>;
} {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    async drain({ delaySeconds, answersSeconds, transfersSeconds }, wait = sleeping) {
      holder.countersignDrains = true;
      // Whoever keeps a connection for the next request asks for a new one, and gets it elsewhere.
      server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
      await wait(delaySeconds);
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      leaving().abort();
      const endSpares = async (): Promise<void> => {
        await wait(spareSeconds);
        for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
      };
      void endSpares();
      const cut = async (): Promise<void> => {
        await wait(answersSeconds);
        let moved = new Map<Socket, number>();
        for (let seconds = answersSeconds; seconds < transfersSeconds; seconds += stillSeconds) {
          const before = moved;
          moved = new Map([...open].map((socket) => [socket, socket.bytesRead + socket.bytesWritten]));
          for (const [socket, bytes] of moved) if (before.get(socket) === bytes) socket.destroy();
          await wait(stillSeconds);
        }
        server.closeAllConnections();
      };
      await Promise.race([ended, cut().then(() => ended)]);
    },
  };
}

// Nothing else keeps the process: where all has ended, it need not wait.
const sleeping = (seconds: number): Promise<unknown> => sleep(seconds * 1000, null, { ref: false });
