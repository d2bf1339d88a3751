import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { TsaError } from './error.ts';

export interface TimeServer {
  readonly host: string;
  readonly port: number;
}

export interface MeasuredOffset {
  /** How far the server's clock is ahead of this machine's, in milliseconds. */
  readonly offset: number;
  /** Uncertainty of the offset: half the round-trip time. */
  readonly uncertainty: number;
}

const packetBytes = 48;
/** From 1900, where NTP begins, to 1970. */
const secondsBefore1970 = 2_208_988_800;
const eraSeconds = 2 ** 32;

/**
 * Asks a time server once (SNTP, RFC 4330 §5). Only measures; no clock is set. Rejects with TIME_SERVER where it
 * doesn't answer in time, isn't synchronised itself, or answers another query.
 */
export function askTime(server: TimeServer, timeoutMilliseconds: number): Promise<MeasuredOffset> {
  const name = `${server.host}:${server.port}`;
  return new Promise((resolve, reject) => {
    const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4');
    // A nonce instead of our own time: the server echoes it and learns nothing.
    const nonce = randomBytes(8);
    const query = Buffer.alloc(packetBytes);
    query[0] = 0x23; // version 4, client
    nonce.copy(query, 40);
    let sent = { wall: 0, steady: 0 };
    const end = (outcome: MeasuredOffset | string): void => {
      clearTimeout(timer);
      socket.close();
      if (typeof outcome === 'string') reject(new TsaError('TIME_SERVER', `${name}: ${outcome}`));
      else resolve(outcome);
    };
    const timer = setTimeout(() => end(`no answer within ${timeoutMilliseconds} ms`), timeoutMilliseconds);
    let isOver = false;
    const once = (outcome: MeasuredOffset | string): void => {
      if (isOver) return;
      isOver = true;
      end(outcome);
    };
    socket.once('error', (error) => once(error.message));
    socket.on('message', (answer) => {
      const elapsed = performance.now() - sent.steady;
      // A stray or forged packet doesn't end the wait for the real one.
      if (answer.length < packetBytes || Buffer.compare(answer.subarray(24, 32), nonce) !== 0) return;
      once(readAnswer(answer, sent.wall, elapsed));
    });
    socket.connect(server.port, server.host, () => {
      sent = { wall: Date.now(), steady: performance.now() };
      socket.send(query);
    });
  });
}

function readAnswer(answer: Buffer, sentAt: number, elapsed: number): MeasuredOffset | string {
  const [flags = 0, stratum = 0] = answer;
  if ((flags & 0x07) !== 4) return 'it isn’t a server’s answer';
  if (flags >> 6 === 3 || stratum === 0 || stratum > 15) return 'the server isn’t synchronised';
  const received = timeAt(answer, 32);
  const transmitted = timeAt(answer, 40);
  if (transmitted < received) return 'its transmit time precedes its receive time';
  const way = Math.max(0, elapsed - (transmitted - received));
  return { offset: (received - sentAt + (transmitted - (sentAt + elapsed))) / 2, uncertainty: way / 2 };
}

/**
 * NTP timestamp → milliseconds since 1970; seconds are of the era that begins in 2036 where the top bit is clear (RFC
 * 4330 §3).
 */
function timeAt(packet: Buffer, offset: number): number {
  const raw = packet.readUInt32BE(offset);
  const seconds = raw < eraSeconds / 2 ? raw + eraSeconds : raw;
  return (seconds - secondsBefore1970) * 1000 + (packet.readUInt32BE(offset + 4) / eraSeconds) * 1000;
}
