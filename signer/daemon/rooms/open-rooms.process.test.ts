/** On a real file system that is full. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lacksSmallDisks } from '../../../dev/test/lacks.ts';
import { SmallDisk } from '../../../dev/test/small-disk.ts';
import { openRooms } from './open-rooms.ts';

describe.skipIf(lacksSmallDisks())('room where a signer writes', () => {
  it('a full file system is found by writing to it, named with its folder, code and what to do, and logged once; and so that there is room again', async () => {
    await using disk = await SmallDisk.make(1024);
    const said: unknown[][] = [];
    const log = {
      error: (...args: unknown[]) => said.push(args),
      info: (...args: unknown[]) => said.push(args),
    };
    const rooms = openRooms({
      folders: { state: disk.path, keyholder: disk.path, released: null },
      signer: 'north',
      log: log as never,
    });
    await rooms.look();
    expect([rooms.problem(), rooms.report().state]).toEqual([null, 'ok']);
    disk.fill();
    await rooms.look();
    await rooms.look();
    expect(rooms.problem()).toBe(
      `state, keyholder: ${join(disk.path, '.room-of-north')} can’t be written: no space is left on its file system (ENOSPC): ` +
        `give the file system of ${join(disk.path, '.room-of-north')} more room, or remove from it what isn’t Countersign’s; df -h shows it`,
    );
    expect(rooms.report()).toMatchObject({ state: 'down' });
    expect(said).toHaveLength(1);
    expect(said[0]?.[0]).toMatchObject({
      folder: disk.path,
      folders: ['state', 'keyholder'],
      code: 'ENOSPC',
    });
    disk.free();
    disk.fill(64 + 256);
    await rooms.look();
    expect(rooms.report(), 'writable, and little is left').toMatchObject({ state: 'ok' });
    disk.fill(60);
    await rooms.look();
    expect(rooms.report().state).toBe('down');
    disk.free();
    await rooms.look();
    expect([rooms.problem(), rooms.report().state]).toEqual([null, 'ok']);
    expect(said.at(-1)).toEqual([
      { folder: disk.path, folders: ['state', 'keyholder'] },
      'there is room again',
    ]);
    expect(readdirSync(disk.path)).toEqual([]);
  });

  it('a folder that is gone, or of somebody else, is one that can’t be written', async () => {
    const log = { error: () => undefined, info: () => undefined };
    const rooms = openRooms({ folders: { work: '/no/such/folder' }, signer: 'n', log: log as never });
    await rooms.look();
    expect(rooms.report()).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('work: /no/such/folder can’t be written: ENOENT') as unknown,
    });
  });
});
