import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveByDns } from './resolve.ts';

const typeA = 1;
let socket: Socket | null = null;
afterEach(() => void socket?.close());

/** A name server that answers for `good.host` and says nothing of any other name. */
async function nameServer(): Promise<{ readonly servers: readonly string[]; readonly asked: string[] }> {
  const asked: string[] = [];
  const here = createSocket('udp4');
  socket = here;
  here.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
      at += 1 + length;
    }
    const name = labels.join('.').toLowerCase();
    const type = query.readUInt16BE(at + 1);
    asked.push(name);
    if (name !== 'good.host') return;
    const data =
      type === typeA ? Buffer.from([93, 184, 216, 34]) : Buffer.from(`2606${'00'.repeat(13)}01`, 'hex');
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(data.length, 10);
    const head = Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    query.copy(head, 0, 0, 2);
    here.send(Buffer.concat([head, query.subarray(12, at + 5), record, data]), port, address);
  });
  here.bind(0, '127.0.0.1');
  await once(here, 'listening');
  return { servers: [`127.0.0.1:${here.address().port}`], asked };
}

describe('a name that a user typed', () => {
  it('is resolved to all of its addresses, however many others are asked for whose servers never answer', async () => {
    const { servers, asked } = await nameServer();
    const silent = Array.from({ length: 20 }, async (_, number) =>
      resolveByDns(`n${number}.host`, { servers }),
    );
    const ended = Promise.allSettled(silent);
    await expect.poll(() => new Set(asked).size).toBe(20);
    const found = await Promise.race([resolveByDns('good.host', { servers }), ended]);
    expect(found).toEqual(expect.arrayContaining(['93.184.216.34', '2606::1']));
  });

  it('that is reserved, or this machine’s own, is asked of nobody', async () => {
    const { servers, asked } = await nameServer();
    for (const name of ['a.example', 'b.invalid', 'test'])
      await expect(resolveByDns(name, { servers })).rejects.toThrow('reserved');
    expect(await resolveByDns('localhost', { servers })).toEqual(['127.0.0.1']);
    expect(asked).toEqual([]);
  });
});
