/** The foundation's portal with one part that is away: nothing stands in for the part, it is really gone. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { openDatabase } from '../../lib/platform/db/index.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { openReceived, openReleased } from '../../lib/platform/storage/index.ts';
import { testDatabase, testFolder } from '../test/index.ts';

export async function openBrokenPortals(portal: Portal) {
  const database = await stoppedDatabase(portal.config.databaseUrl);
  const empty = await testDatabase();
  const unused = openDatabase({ url: empty.portal });
  await unused.apiToken.createMany({ data: await portal.db.apiToken.findMany() });
  const folder = await testFolder('in-the-way');
  const inTheWay = join(folder.folder, 'store');
  writeFileSync(inTheWay, '');
  return {
    /** Its database was there, and isn't any more. */
    withoutDatabase: { ...portal, db: database } as Portal,
    /** The signer has accepted nothing yet; tokens are known. */
    withoutPolicy: { ...portal, db: unused } as Portal,
    withoutStore: {
      ...portal,
      store: openReceived(inTheWay),
      released: openReleased(inTheWay),
    } as Portal,
    async close() {
      await database.$disconnect();
      await unused.$disconnect();
      await empty.release();
      await folder.release();
    },
  };
}

/** Reached through a door that is shut once somebody has been through it: as a server that was stopped. */
async function stoppedDatabase(url: string): Promise<Portal['db']> {
  const to = new URL(url);
  const { hostname, port } = to;
  const sockets = new Set<Socket>();
  const door = createServer((inside) => {
    const outside = connect(Number(port), hostname);
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    inside.pipe(outside).pipe(inside);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  to.hostname = '127.0.0.1';
  to.port = String((door.address() as AddressInfo).port);
  const database = openDatabase({ url: to.href });
  await database.$queryRaw`SELECT 1`;
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => door.close(resolve));
  return database;
}

/** Whether this machine can tell a process how much of its disk there is. */
export const canFillDisk = process.platform === 'linux';

/** Runs `work` while no file of this process can become larger than so many bytes (EFBIG), which a store takes as a full disk. */
export async function withDiskOf<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const allow = (most: string): unknown =>
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${most}:`]);
  // The kernel would end the process rather than answer.
  const ignored = (): void => undefined;
  process.on('SIGXFSZ', ignored);
  allow(String(bytes));
  try {
    return await work();
  } finally {
    allow('unlimited');
    process.off('SIGXFSZ', ignored);
  }
}
