/** A time server on loopback (RFC 4330): says the time, or what it is told to say instead. */
import { createSocket } from 'node:dgram';

export interface TestTimeServer {
  readonly host: string;
  readonly port: number;
  /** How far its clock is ahead, in milliseconds. */
  ahead: number;
  /** Changes an answer before it goes out; null: none goes out. */
  tamper: (answer: Buffer) => Buffer | null;
  close(): Promise<void>;
}

export async function startTimeServer(ahead = 0): Promise<TestTimeServer> {
  const socket = createSocket('udp4');
  const server: TestTimeServer = {
    host: '127.0.0.1',
    port: 0,
    ahead,
    tamper: (answer) => answer,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (query, { port, address }) => {
    const answer = Buffer.alloc(48);
    answer[0] = 0x24; // version 4, server
    answer[1] = 2;
    query.copy(answer, 24, 40, 48);
    for (const place of [32, 40]) writeTime(answer, place, Date.now() + server.ahead);
    const sent = server.tamper(answer);
    if (sent !== null) socket.send(sent, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: socket.address().port });
}

function writeTime(packet: Buffer, place: number, milliseconds: number): void {
  const seconds = milliseconds / 1000 + 2_208_988_800;
  packet.writeUInt32BE(Math.floor(seconds) % 2 ** 32, place);
  packet.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), place + 4);
}
