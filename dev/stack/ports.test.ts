import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePort } from './ports.ts';

let folder: string;
let stranger: Server;
let taken: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-ports-'));
  stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  taken = (stranger.address() as AddressInfo).port;
});
afterEach(async () => {
  stranger.close();
  await rm(folder, { recursive: true });
});
const file = () => join(folder, 'ports.json');

describe('the port of a service', () => {
  it('is another one if a foreign process has the previous or default one, and is remembered', async () => {
    await writeFile(file(), JSON.stringify({ portal: taken }));
    const port = await choosePort(file(), 'portal', { preferred: taken });
    expect(port).not.toBe(taken);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ portal: port });
    expect(await choosePort(file(), 'portal', { preferred: taken })).toBe(port);
  });

  it('named in certificates is never replaced: the error names port and service, and what to do', async () => {
    await writeFile(file(), JSON.stringify({ responder: taken }));
    const asked = choosePort(file(), 'responder', { named: 'the certificates' });
    await expect(asked).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await expect(asked).rejects.toThrow(
      new RegExp(`Port ${taken} .*held by another program, and the certificates`),
    );
    await expect(asked).rejects.toThrow(`sport = :${taken}`);
    await expect(asked).rejects.toThrow(`remove ${folder}`);
    stranger.close();
    await once(stranger, 'close');
    expect(await choosePort(file(), 'responder', { named: 'the certificates' })).toBe(taken);
  });
});
