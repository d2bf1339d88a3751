/**
 * clamd's VERSION, through clamscan's `getVersion()`. By itself that keeps all that the other side sends, for as long as it sends, and
 * never answers where a connection breaks once it stands. So the connection is taken in hand here as Node tells of it, and ends with
 * the deadline and with the first byte too many.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import NodeClam from 'clamscan';
import { answerBytesMax, ClamdDeadline, type ClamdPlace } from './ask-clamd.ts';

/** → the answer. Rejects where there is none: with the socket's error, or ClamdDeadline. */
export async function askVersion(place: ClamdPlace, timeoutMilliseconds: number): Promise<string> {
  const clam = await openClamscan(place, timeoutMilliseconds);
  const { result: answering, sockets } = notingSockets(() => clam.getVersion());
  // Lost where the connection was: what it means is told by the socket.
  answering.catch(() => undefined);
  const [socket] = sockets;
  if (socket === undefined || sockets.length > 1) {
    for (const one of sockets) one.destroy();
    throw new Error(`clamscan opened ${sockets.length} connections for one question`);
  }
  const deadline = setTimeout(() => {
    socket.destroy(new ClamdDeadline(`no answer within ${timeoutMilliseconds / 1000} s`));
  }, timeoutMilliseconds);
  try {
    const answer = await Promise.race([answering, endOf(socket)]);
    if (answer.trim() === '') throw withoutAnswer();
    return answer.trim();
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
}

const withoutAnswer = (): Error => new Error('it closed the connection without an answer');

/** Only ever over the network: no program of ClamAV's is looked for or started, and nothing is asked before it is asked for. */
function openClamscan({ host, port, socket }: ClamdPlace, timeoutMilliseconds: number): Promise<NodeClam> {
  return new NodeClam().init({
    clamscan: { active: false, path: '' },
    // Its timeout is one of silence. The deadline comes first.
    clamdscan: {
      ...(socket === undefined ? { host, port } : { socket }),
      path: '',
      timeout: 2 * timeoutMilliseconds,
      localFallback: false,
      bypassTest: true,
    },
    preference: 'clamdscan',
  });
}

/** What `act` returns, and the connections that it opened before it returned: nobody else has a turn in between. */
function notingSockets<Result>(act: () => Result): {
  readonly result: Result;
  readonly sockets: readonly Socket[];
} {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    const socket = (message as { readonly socket?: unknown }).socket;
    if (socket instanceof Socket) sockets.push(socket);
  };
  subscribe('net.client.socket', note);
  try {
    return { result: act(), sockets };
  } finally {
    unsubscribe('net.client.socket', note);
  }
}

/** Rejects when the connection is gone, and lets it go where more comes than an answer has. */
function endOf(socket: Socket): Promise<never> {
  return new Promise((_resolve, reject) => {
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > answerBytesMax)
        socket.destroy(new Error(`its answer is longer than ${answerBytesMax} bytes`));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(withoutAnswer()));
  });
}
