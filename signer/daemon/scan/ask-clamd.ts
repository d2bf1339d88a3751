/**
 * clamd's INSTREAM (clamd(8), COMMANDS), on a connection of its own, in the form that ends with NUL. One chunk is
 * held at a time, and the
 * answer is bounded.
 */
import { CodedError } from '#core/error/index.ts';
import { connect, type Socket } from 'node:net';

export interface ClamdPlace {
  readonly host: string;
  readonly port: number;
  /** Path of a local socket, in place of host and port. */
  readonly socket?: string;
}

export interface ClamdAnswer {
  /** Without the NUL that ends it. */
  readonly text: string;
  /** Whether it is complete and came after everything was sent. An answer to a part says nothing about the whole. */
  readonly isWhole: boolean;
}

/** There was no answer in time. */
export class ClamdDeadline extends CodedError<'CLAMD_DEADLINE'> {
  static override readonly errorName = 'ClamdDeadline';
  constructor(message: string) {
    super('CLAMD_DEADLINE', message);
  }
}

export const answerBytesMax = 4096;
/** Of the length before each chunk; a length of 0 ends a stream. */
export const headerBytes = 4;

interface Exchange {
  /** Whether the answer came, or none will. */
  isOver: boolean;
  isSent: boolean;
}

/**
 * Rejects where there is no answer: with the socket's error, ClamdDeadline, or the error of `content`, whose pieces may be lent: each is
 * with the system before the next is asked for.
 */
export async function askClamd(
  { host, port, socket: path }: ClamdPlace,
  timeoutMilliseconds: number,
  content: AsyncIterable<Uint8Array>,
): Promise<ClamdAnswer> {
  const socket = path === undefined ? connect({ host, port }) : connect({ path });
  const exchange: Exchange = { isOver: false, isSent: false };
  const deadline = setTimeout(() => {
    socket.destroy(new ClamdDeadline(`no answer within ${timeoutMilliseconds / 1000} s`));
  }, timeoutMilliseconds);
  const answering = answerOf(socket, exchange);
  // Until it is waited for.
  answering.catch(() => undefined);
  const sending = send(socket, content, exchange);
  try {
    // Not for what is still to come from `content`: clamd may have said all it will say, or be gone.
    await Promise.race([sending, answering.catch(() => undefined)]);
    sending.catch(() => undefined);
    return await answering;
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
}

async function send(socket: Socket, content: AsyncIterable<Uint8Array>, exchange: Exchange): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0', 'latin1'));
  for await (const chunk of content) {
    if (exchange.isOver) return;
    // A length of 0 ends the stream, whatever comes after it.
    if (chunk.byteLength > 0) await writeChunk(socket, chunk);
  }
  await write(socket, Buffer.alloc(headerBytes));
  exchange.isSent = true;
}

async function writeChunk(socket: Socket, chunk: Uint8Array): Promise<void> {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(chunk.byteLength);
  if (socket.closed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('close', done);
      resolve();
    };
    socket.on('close', done);
    socket.cork();
    socket.write(header);
    // Of a socket that breaks, the end is waited for: only then is it known what clamd said before.
    socket.write(chunk, (error) => {
      if (!(error instanceof Error)) done();
    });
    socket.uncork();
  });
}

/** Until the socket takes more, or is gone. */
async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/** An answer before the connection broke counts: clamd disconnects after saying that a stream is over its limit. */
function answerOf(socket: Socket, exchange: Exchange): Promise<ClamdAnswer> {
  return new Promise((resolve, reject) => {
    let answered = Buffer.alloc(0);
    let failure: Error | null = null;
    const answer = (end: number, isWhole: boolean): void => {
      exchange.isOver = true;
      resolve({ text: answered.toString('utf8', 0, end).trim(), isWhole });
    };
    socket.on('data', (chunk: Buffer) => {
      answered = Buffer.concat([answered, chunk]);
      const end = answered.indexOf(0);
      // As it stands when the answer comes: what ends sending a moment later wasn't answered.
      if (end >= 0) answer(end, exchange.isSent);
      else if (answered.byteLength > answerBytesMax) socket.destroy();
    });
    socket.on('error', (error) => {
      failure = error;
    });
    socket.once('close', () => {
      exchange.isOver = true;
      const text = answered.toString('utf8', 0, answerBytesMax).trim();
      if (text !== '' && !(failure instanceof ClamdDeadline)) answer(answerBytesMax, false);
      else reject(failure ?? new Error('it closed the connection without an answer'));
    });
  });
}
