import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import { serviceFolder, serviceUser } from '../process/service-user.ts';
import { startProcess, stopRecordedProcess, waitUntilHealthy } from '../process/supervise.ts';
import { keepSecret, randomPassword } from '../secrets.ts';
import { postgresBinaries } from './binaries.ts';
import { clearStaleServer, initialiseCluster } from './cluster.ts';
import { asSuperuser, createDatabase, dropDatabase, listDatabases, prepareDatabase } from './databases.ts';
import type { DatabaseServer, DatabaseUrls } from './databases.ts';

export interface PostgresOptions {
  /** false for tests: a power cut may lose what was written, which makes everything faster */
  readonly durable?: boolean;
}

export interface RunningPostgres {
  readonly name: 'postgres';
  readonly pid: number;
  readonly server: DatabaseServer;
  /** Brings the database to the current schema, creating it if needed, and sets the roles' passwords. */
  prepareDatabase(name?: string): Promise<DatabaseUrls>;
  createDatabase(template: string, name?: string): Promise<DatabaseUrls>;
  dropDatabase(name: string): Promise<number>;
  /** the databases that exist besides PostgreSQL's own */
  databases(): Promise<readonly string[]>;
  health(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL on loopback TCP only (no Unix socket: its path may be at most 107 bytes). */
export async function startPostgres(
  paths: StackPaths,
  options: PostgresOptions = {},
): Promise<RunningPostgres> {
  const user = serviceUser('postgres');
  const secret = (name: string) => keepSecret(paths.secrets, `postgres-${name}`, randomPassword).value;
  const superuserPassword = secret('superuser');
  const passwords = { owner: secret('owner'), portal: secret('portal'), signer: secret('signer') };
  const binaries = postgresBinaries(user);
  const folder = join(serviceFolder(paths.postgres, user), 'data');
  const pidFile = join(paths.pids, 'postgres.json');

  await stopRecordedProcess(pidFile);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
  await initialiseCluster(binaries, folder, user, superuserPassword);
  await clearStaleServer(folder);

  return startOnPort(paths, 'postgres', async (port) => {
    const server: DatabaseServer = { port, superuserPassword, passwords };
    const running = await startProcess({
      name: 'postgres',
      command: binaries.postgres,
      args: ['-D', folder, '-p', String(port), ...settings(options.durable ?? true)],
      pidFile,
      logFile: join(paths.logs, 'postgres.log'),
      cwd: '/',
      env: { PATH: process.env['PATH'], NODE_ENV: process.env.NODE_ENV, LC_ALL: 'C', TZ: 'UTC' },
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      stopSignal: 'SIGINT', // "fast shutdown": ends sessions instead of waiting for them
    });
    const health = () =>
      asSuperuser(server, async (client) => (await client.query('SELECT 1')).rowCount === 1);
    try {
      await waitUntilHealthy(running, health, 60);
    } catch (error) {
      await running.stop();
      throw error;
    }
    return {
      name: 'postgres',
      pid: running.pid,
      server,
      prepareDatabase: (name = 'countersign') => prepareDatabase(server, name),
      createDatabase: (template, name) => createDatabase(server, template, name),
      dropDatabase: (name) => dropDatabase(server, name),
      databases: () => listDatabases(server),
      health,
      stop: () => running.stop(),
    };
  });
}

function settings(durable: boolean): readonly string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_min_messages: 'warning',
    ...(durable
      ? {}
      : {
          fsync: 'off',
          synchronous_commit: 'off',
          full_page_writes: 'off',
          max_wal_senders: '0',
          wal_level: 'minimal',
        }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
