/**
 * Requires a minimum pace of request bodies, in place of Node.js's `requestTimeout` (300 s), which would also end a large
 * upload over a slow line: an upload only has to keep sending bytes. Other requests keep a limit in time.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problemKind, problemType } from '../problems/index.ts';
import type { ProblemCode } from '../problems/index.ts';
import type { BodyLimits } from './limits.ts';
import { openSlots } from './open-slots.ts';
import { createPaceMeter } from './pace-meter.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface PaceOptions extends BodyLimits {
  /** Requests without a limit in time. */
  readonly isUpload: (request: IncomingMessage) => boolean;
  /** Whose bodies are counted together; null: not known. */
  readonly networkOf: (request: IncomingMessage) => string | null;
  readonly now?: () => number;
}

/** How often a body is checked within the shortest limit. */
const checksPerLimit = 8;
/** How long the final answer may take to be delivered. */
const finalAnswerMilliseconds = 2_000;

/** → a handler that lets `handler` answer and closes a connection whose body arrives too slowly for `options`, with 408. */
export function enforcePace(handler: Handler, options: PaceOptions): Handler {
  const slots = openSlots(options.atOncePerNetwork);
  return (request, response) => {
    if (!hasBody(request)) return handler(request, response);
    const release = slots.take(options.networkOf(request) ?? '');
    watchBody(request, response, options, release ?? (() => undefined));
    if (release !== null) return handler(request, response);
    // The body is drained for a moment: a client that is still sending doesn't see the answer if the connection is reset.
    request.resume();
    const { status } = problemKind(tooManyAtOnce.code);
    response.writeHead(status, { ...headersOf(tooManyAtOnce), 'retry-after': '30', connection: 'close' });
    response.end(bodyOf(tooManyAtOnce));
    return Promise.resolve();
  };
}

/** RFC 9112 §6: a request has a body where one of these says so. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function watchBody(
  request: IncomingMessage,
  response: ServerResponse,
  options: PaceOptions,
  release: () => void,
): void {
  const {
    now = () => performance.now(),
    otherMilliseconds,
    answeredMilliseconds,
    idleMilliseconds,
  } = options;
  const { socket } = request;
  const [start, bytesBefore] = [now(), socket.bytesRead];
  const checkPace = createPaceMeter(options, start);
  const endsAt = options.isUpload(request) ? Infinity : start + otherMilliseconds;
  let answeredAt: number | null = null;
  const shortest = Math.min(idleMilliseconds, options.windowMilliseconds, answeredMilliseconds);
  const timer = setInterval(() => {
    const at = now();
    // The route has answered without reading on: the client has some time to read the answer.
    if (response.writableFinished) {
      answeredAt ??= at;
      if (at - answeredAt >= answeredMilliseconds) socket.destroy();
      return;
    }
    const bytes = socket.bytesRead - bytesBefore;
    const fault = checkPace({ now: at, bytes, unread: request.readableLength > 0 });
    if (fault === 'stalled') cutOff(stalled(idleMilliseconds));
    else if (fault === 'slow') cutOff(slow(options));
    else if (at >= endsAt) cutOff(tooLong(otherMilliseconds));
  }, shortest / checksPerLimit);
  timer.unref();
  const stop = (): void => {
    clearInterval(timer);
    release();
  };
  const cutOff = (problem: Problem): void => {
    stop();
    // Part of an answer has been sent already, or an earlier request of this connection is still being answered.
    if (response.headersSent || response.socket === null) socket.destroy();
    else sendProblem(socket, problem);
  };
  // One that nobody reads to its end closes with its connection.
  request.once('end', stop);
  request.once('close', stop);
}

interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly fix: string;
}

const headersOf = (problem: Problem) => ({
  'content-type': 'application/problem+json',
  'cache-control': 'no-store',
  'content-length': Buffer.byteLength(bodyOf(problem)),
});
function bodyOf({ code, detail, fix }: Problem): string {
  const { title, status } = problemKind(code);
  return `${JSON.stringify({ type: problemType(code), title, status, code, detail, fix })}\n`;
}

/**
 * Bypasses the response object, which belongs to the handler that is still waiting for the body, as Node.js does for its own
 * limits. The handler sees the connection close.
 */
function sendProblem(socket: Socket, problem: Problem): void {
  const headers = Object.entries({ ...headersOf(problem), connection: 'close' });
  const { status, title } = problemKind(problem.code);
  const lines = [`HTTP/1.1 ${status} ${title}`, ...headers.map((header) => header.join(': '))];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${bodyOf(problem)}`);
  const timer = setTimeout(() => socket.destroy(), finalAnswerMilliseconds);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

const tooManyAtOnce: Problem = {
  code: 'TOO_MANY_AT_ONCE',
  detail: 'Too many requests with bodies are coming from your network at once.',
  fix: 'Wait until the other uploads are done, then send it again.',
};

const secondsOf = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} seconds`;

const stalled = (idleMilliseconds: number): Problem => ({
  code: 'UPLOAD_STALLED',
  detail: `No data arrived for ${secondsOf(idleMilliseconds)}; the upload was discarded.`,
  fix: 'Send it again. It may take as long as it needs, provided that data keeps arriving.',
});

const slow = ({ bytesPerSecondMin, windowMilliseconds }: BodyLimits): Problem => ({
  code: 'UPLOAD_TOO_SLOW',
  detail: `Less than ${bytesPerSecondMin} bytes a second arrived over ${secondsOf(windowMilliseconds)}; the upload was discarded.`,
  fix: 'Send it again over a faster line, or from the build.',
});

const tooLong = (otherMilliseconds: number): Problem => ({
  code: 'REQUEST_TOO_LONG',
  detail: `A request that isn’t an upload has to arrive within ${secondsOf(otherMilliseconds)}.`,
  fix: 'Send it again. Files are sent with PUT /api/v1/artifacts/{sha256}.',
});
