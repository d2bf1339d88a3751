/** A real S3 server on loopback ports: OpenStack Swift with its S3 interface. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { StackPaths } from '../paths.ts';
import { makeBucket } from './grant.ts';
import { choosePort, startOnPort } from '../ports.ts';
import { requireProgram, runCommand } from '../process/run.ts';
import { serviceFolder, serviceUser } from '../process/service-user.ts';
import { startProcess, waitUntilHealthy, type RunningProcess } from '../process/supervise.ts';
import {
  backendFile,
  backends,
  clusterFile,
  proxyFile,
  type Backend,
  type StorageKeys,
} from './configuration.ts';

export interface RunningObjectStorage extends StorageKeys {
  readonly url: string;
  readonly region: string;
  /** By the names that were asked for. */
  readonly users: ReadonlyMap<string, StorageKeys>;
  /** Makes a bucket that these users may read or write, by their names. */
  makeBucket(
    bucket: string,
    rights: { readonly read: readonly string[]; readonly write: readonly string[] },
  ): Promise<void>;
  stop(): Promise<void>;
}

const startSeconds = 60;
/** The log goes to standard output, too. */
const verbose = '-v';
const packageOf = (program: string): string => program.replace(/-server$/, '');

/** As swift-ring-builder does, for all rings in one start of Python: one device, and one copy of everything. */
const ringProgram = `
import sys
from swift.common.ring import RingBuilder
folder = sys.argv[1]
for one in sys.argv[2:]:
    name, port = one.split("=")
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1.0})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{name}.ring.gz")
`;

/**
 * Starts it with nothing in it. The keys are those of its administrator, who makes buckets; `users` may do nothing before a bucket says
 * so.
 */
export async function startObjectStorage(
  paths: Pick<StackPaths, 'state' | 'ports' | 'pids' | 'logs'>,
  { users: userNames = [] }: { readonly users?: readonly string[] } = {},
): Promise<RunningObjectStorage> {
  const user = serviceUser('swift');
  const folder = serviceFolder(join(paths.state, 'object-storage'), user);
  const name = user?.name ?? userInfo().username;
  const secret = () => randomBytes(16).toString('hex');
  const keys = { accessKeyId: 'test:tester', secretAccessKey: secret() };
  const users = new Map(
    userNames.map((each) => [each, { accessKeyId: `test:${each}`, secretAccessKey: secret() }] as const),
  );
  const usersOf = (some: readonly string[]) => some.flatMap((each) => users.get(each) ?? []);
  const write = (file: string, text: string): string => {
    const path = join(folder, file);
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    if (user !== null) chownSync(path, user.uid, user.gid);
    return path;
  };
  for (const each of ['devices', 'devices/d1']) {
    mkdirSync(join(folder, each), { recursive: true });
    if (user !== null) chownSync(join(folder, each), user.uid, user.gid);
  }
  write('swift.conf', clusterFile(secret(), secret()));
  const started: RunningProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const one of started.toReversed()) await one.stop();
  };
  const start = async (
    service: string,
    program: string,
    args: readonly string[],
  ): Promise<RunningProcess> => {
    const running = await startProcess({
      name: service,
      command: requireProgram(program, packageOf(program), program),
      args,
      pidFile: join(paths.pids, `${service}.json`),
      logFile: join(paths.logs, `${service}.log`),
      cwd: '/',
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    });
    started.push(running);
    return running;
  };
  const startBackend = async (backend: Backend, port: number): Promise<void> => {
    if (user !== null) chownSync(join(folder, `${backend}.ring.gz`), user.uid, user.gid);
    const running = await start(`swift-${backend}`, `swift-${backend}-server`, [
      write(`${backend}-server.conf`, backendFile(backend, { folder, user: name, port })),
      verbose,
    ]);
    // The proxy answers without it, and refuses for a while to ask one that it couldn't reach.
    const answers = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/`)).status > 0;
    await waitUntilHealthy(running, answers, startSeconds);
  };
  try {
    // The rings name the ports, so these are chosen first.
    const ports: [Backend, number][] = [];
    for (const backend of backends) ports.push([backend, await choosePort(paths.ports, `swift-${backend}`)]);
    // Debian's own, for which its packages are; another on the PATH doesn't have them.
    const python = '/usr/bin/python3';
    await runCommand(python, [
      '-c',
      ringProgram,
      folder,
      ...ports.map(([backend, port]) => `${backend}=${port}`),
    ]);
    const cache = await choosePort(paths.ports, 'swift-cache');
    await start('swift-cache', 'memcached', ['-l', '127.0.0.1', '-p', String(cache), '-U', '0', '-m', '16']);
    await Promise.all(ports.map(([backend, port]) => startBackend(backend, port)));
    return await startOnPort(paths, 'swift-proxy', async (port) => {
      const url = `http://127.0.0.1:${port}`;
      const file = write(
        'proxy-server.conf',
        proxyFile({ folder, user: name, port, cache }, keys, [...users.values()]),
      );
      const proxy = await start('swift-proxy', 'swift-proxy-server', [file, verbose]);
      await waitUntilHealthy(proxy, async () => (await fetch(url)).status < 500, startSeconds);
      return {
        ...keys,
        url,
        region: 'us-east-1',
        users,
        makeBucket: (bucket, { read, write }) =>
          makeBucket(url, keys, bucket, { read: usersOf(read), write: usersOf(write) }),
        stop,
      };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}
