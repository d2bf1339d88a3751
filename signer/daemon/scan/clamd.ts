/**
 * What clamd says over its INSTREAM and VERSION commands, through clamscan. Three answers and no fourth: clean,
 * infected, or not scanned. "Clean" counts only from a scanner that was proved (proven-scanner.ts).
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import NodeClam from 'clamscan';
import { messageOf, Unavailable } from '../../ground/availability/index.ts';

export interface ClamdConfig {
  readonly host: string;
  readonly port: number;
  readonly timeoutSeconds: number;
}

export type ScanVerdict =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'infected'; readonly viruses: readonly string[] }
  | {
      readonly verdict: 'not-scanned';
      /** limits: clamd came to one of its own; encrypted: it can't see inside; other: an answer that is none of these. */
      readonly reason: 'limits' | 'encrypted' | 'other';
      readonly detail: string;
    };

export interface ScannerDatabase {
  /** Engine version, for example `1.4.6`. */
  readonly engine: string;
  /** Number of the daily database, or null where clamd runs on local signatures only. */
  readonly version: number | null;
  readonly builtAt: Date | null;
}

/** clamd as it answers, believed by nobody yet. Everything here throws Unavailable where it can't be reached. */
export interface Clamd {
  /** file on disk → verdict. */
  scanFile(file: string): Promise<ScanVerdict>;
  /** Bytes as they come → verdict. */
  scanStream(content: AsyncIterable<Uint8Array>): Promise<ScanVerdict>;
  /** Answer to VERSION, as it is. */
  version(): Promise<string>;
}

const chunkSizeBytes = 256 * 1024;

/**
 * The connection was cut off while bytes were being sent. clamd does so to a stream over StreamMaxLength: what it says of it first
 * can be lost, since it doesn't read the rest.
 */
export class CutOff extends Unavailable {}

export function openClamd(config: ClamdConfig): Clamd {
  return {
    async scanFile(file) {
      const { size } = await stat(file);
      // clamscan sends no command for an empty stream; no bytes hold no virus.
      if (size === 0) return { verdict: 'clean' };
      return scan(config, createReadStream(file, { highWaterMark: chunkSizeBytes }));
    },
    scanStream: (content) => scan(config, content),
    version: () => version(config),
  };
}

/** The library's own way to connect; its types leave it out. */
function connector(clam: NodeClam): (label?: string) => Promise<Socket> {
  const open = (clam as unknown as { _initSocket: (label?: string) => Promise<Socket> })._initSocket;
  return (label) => open.call(clam, label);
}

/** clamscan with its connection in reach, so that the sender can wait until clamd has taken what was sent. */
async function connectable(config: ClamdConfig, onSocket: (socket: Socket) => void): Promise<NodeClam> {
  const clam = new NodeClam();
  const connect = connector(clam);
  Object.assign(clam, {
    _initSocket: async (label?: string) => {
      const socket = await connect(label);
      onSocket(socket);
      return socket;
    },
  });
  return clam.init({
    clamscan: { active: false },
    clamdscan: {
      host: config.host,
      port: config.port,
      timeout: config.timeoutSeconds * 1000,
      localFallback: false,
      bypassTest: true,
      path: '/nonexistent/clamdscan',
    },
    preference: 'clamdscan',
  });
}

async function scan(config: ClamdConfig, content: AsyncIterable<Uint8Array>): Promise<ScanVerdict> {
  let socket: Socket | null = null;
  const clam = await connectable(config, (opened) => {
    socket = opened;
  });
  const source = Readable.from(
    paced(content, () => socket),
    { objectMode: false },
  );
  try {
    const answer = await withDeadline(
      clam.scanStream(source) as Promise<ClamdAnswer>,
      config.timeoutSeconds * 1000,
      `clamd gave no answer within ${config.timeoutSeconds} s`,
    );
    return verdictOf(answer);
  } catch (error) {
    const message = messageOf(error);
    // clamd answers so when the stream is over StreamMaxLength: a file it won't look at.
    if (/size limit exceeded/i.test(message)) {
      return {
        verdict: 'not-scanned',
        reason: 'limits',
        detail: 'the file is larger than clamd takes (StreamMaxLength)',
      };
    }
    throw new (isCutOff(error) ? CutOff : Unavailable)(
      'scanner',
      `the virus scanner at ${config.host}:${config.port} did not answer: ${message}`,
      'start clamd, or correct scanner.host and scanner.port in the signer’s configuration',
      error,
    );
  } finally {
    source.destroy();
    (socket as Socket | null)?.destroy();
  }
}

function isCutOff(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** clamscan writes without looking back: read on only when the socket has drained, to hold one chunk at a time. */
async function* paced(
  content: AsyncIterable<Uint8Array>,
  socketOf: () => Socket | null,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    yield chunk;
    const socket = socketOf();
    if (socket?.writableNeedDrain === true && !socket.destroyed) {
      await drained(socket);
    }
  }
}

/** Until the socket takes more, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

interface ClamdAnswer {
  readonly isInfected: boolean | null;
  readonly viruses: readonly string[];
  readonly resultString?: string;
}

function verdictOf(answer: ClamdAnswer): ScanVerdict {
  if (answer.isInfected === false) return { verdict: 'clean' };
  if (answer.isInfected === true && answer.viruses.length > 0) {
    // With AlertExceedsMax clamd reports what it left out as a finding of this name: unread, not infected.
    const exceeded = answer.viruses.find((name) => name.startsWith('Heuristics.Limits.Exceeded'));
    if (exceeded !== undefined) {
      return {
        verdict: 'not-scanned',
        reason: 'limits',
        detail: `clamd left something out: ${exceeded}`,
      };
    }
    // Likewise with AlertEncrypted: nothing was found, and nothing could be.
    const encrypted = answer.viruses.find((name) => name.startsWith('Heuristics.Encrypted'));
    if (encrypted !== undefined) {
      return { verdict: 'not-scanned', reason: 'encrypted', detail: `clamd can’t see inside: ${encrypted}` };
    }
    return { verdict: 'infected', viruses: answer.viruses };
  }
  return {
    verdict: 'not-scanned',
    reason: 'other',
    detail: `clamd answered: ${answer.resultString ?? 'nothing'}`,
  };
}

async function version(config: ClamdConfig): Promise<string> {
  let socket: Socket | null = null;
  try {
    const clam = await connectable(config, (opened) => {
      socket = opened;
    });
    return await withDeadline(clam.getVersion(), 10_000, 'clamd did not tell its version within 10 s');
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(
      'scanner',
      `the virus scanner at ${config.host}:${config.port} can’t be reached: ${messageOf(error)}`,
      'start clamd, or correct scanner.host and scanner.port in the signer’s configuration',
      error,
    );
  } finally {
    (socket as Socket | null)?.destroy();
  }
}

/** `ClamAV 1.4.6/27500/Mon Nov  2 09:26:36 2026` (or only the first part, without a daily database). */
export function parseVersion(text: string): ScannerDatabase {
  const match = /^ClamAV ([0-9][^/\s]*)(?:\/(\d+)\/([^\0\r\n]+))?/.exec(text);
  if (match === null) {
    throw new Unavailable(
      'scanner',
      `unexpected answer to VERSION: ${JSON.stringify(text.slice(0, 80))}`,
      'check that scanner.port is clamd’s',
    );
  }
  const builtAt = match[3] === undefined ? null : new Date(`${match[3].trim()} UTC`);
  return {
    engine: match[1] ?? '',
    version: match[2] === undefined ? null : Number(match[2]),
    builtAt: builtAt === null || Number.isNaN(builtAt.getTime()) ? null : builtAt,
  };
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new Unavailable(
          'scanner',
          message,
          'look at clamd’s log; raise scanner.timeoutSeconds for very large files',
        ),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
