/**
 * Many small files over one connection: clamd's IDSESSION (clamd(8), COMMANDS), in which each answer begins with the number of its command.
 * A connection for each would cost the signer four times the processor time.
 */
import { connect } from 'node:net';
import { answerBytesMax, ClamdDeadline, headerBytes, type ClamdPlace } from './ask-clamd.ts';

/** Larger files have a connection of their own. */
export const sessionFileBytesMax = 64 * 1024;
/** Of one session: clamd keeps something of each until its end. */
export const sessionFilesMax = 1000;
/** Sent, and not answered yet. What is sent is held in memory until then. */
const outstandingMax = 8;

/**
 * Files, each whole and in one piece, which may be lent: it is copied before the next is asked for → clamd's answers in the same order, without
 * their numbers. Rejects with the error of `contents`, the socket’s, ClamdDeadline, or what was wrong with an answer; then none counts.
 */
export async function askClamdEach(
  { host, port, socket: path }: ClamdPlace,
  timeoutMilliseconds: number,
  contents: AsyncIterable<Uint8Array>,
): Promise<readonly string[]> {
  const socket = path === undefined ? connect({ host, port }) : connect({ path });
  const answers = new Map<number, string>();
  let sent = 0;
  let failure: Error | null = null;
  let changed = Promise.withResolvers<null>();
  const tell = (): void => {
    changed.resolve(null);
    changed = Promise.withResolvers();
  };
  const fail = (error: Error): void => {
    failure ??= error;
    socket.destroy();
    tell();
  };
  const deadline = setTimeout(() => {
    fail(new ClamdDeadline(`no answer within ${timeoutMilliseconds / 1000} s`));
  }, timeoutMilliseconds);
  let unread = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let end = unread.indexOf(0); end >= 0; end = unread.indexOf(0)) {
      const [, number = '', text = ''] = /^(\d{1,6}): (.*)$/s.exec(unread.toString('utf8', 0, end)) ?? [];
      unread = unread.subarray(end + 1);
      const id = Number(number);
      if (id < 1 || id > sent || answers.has(id)) fail(new Error('it answered what it was not asked'));
      answers.set(id, text);
    }
    if (unread.byteLength > answerBytesMax) fail(new Error('its answer has no end'));
    deadline.refresh();
    tell();
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('it closed the connection without an answer')));
  const untilOutstanding = async (most: number): Promise<void> => {
    while (failure === null && sent - answers.size > most) await changed.promise;
    if (failure !== null) throw failure;
  };
  try {
    socket.write('zIDSESSION\0');
    for await (const content of contents) {
      await untilOutstanding(outstandingMax - 1);
      sent += 1;
      socket.write(commandFor(content, sent));
    }
    await untilOutstanding(0);
    return Array.from({ length: sent }, (_none, at) => answers.get(at + 1) ?? '');
  } finally {
    clearTimeout(deadline);
    socket.end('zEND\0');
    socket.destroySoon();
  }
}

function commandFor(content: Uint8Array, number: number): Buffer {
  if (number > sessionFilesMax) throw new RangeError(`more than ${sessionFilesMax} files in a session`);
  const { byteLength } = content;
  if (byteLength > sessionFileBytesMax)
    throw new RangeError(
      `a file of ${byteLength} bytes in a session, where ${sessionFileBytesMax} is the most`,
    );
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(byteLength);
  // A length of 0 ends the stream, so an empty file is its end alone.
  const chunk = byteLength === 0 ? [] : [header, content];
  return Buffer.concat([Buffer.from('zINSTREAM\0', 'latin1'), ...chunk, Buffer.alloc(headerBytes)]);
}
