import { execFile } from 'node:child_process';
import { chownSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from '../error.ts';
import { processCommand, processIdentity } from '../process/identity.ts';
import { endWithThisProcess, stopProcess } from '../process/supervise.ts';
import type { ServiceUser } from '../process/service-user.ts';
import type { PostgresBinaries } from './binaries.ts';

const run = promisify(execFile);

const completeMarker = 'countersign-initialised';

/** → 15, 18 … */
async function majorVersion({ initdb }: PostgresBinaries): Promise<number> {
  const { stdout } = await run(initdb, ['--version'], { cwd: '/', timeout: 60_000 });
  const version = Number(/\(PostgreSQL\) ([0-9]+)/.exec(stdout)?.[1]);
  if (Number.isSafeInteger(version)) return version;
  throw new StackError('COMMAND_FAILED', `${initdb} --version says ${JSON.stringify(stdout.slice(0, 200))}`);
}

/** The same order of texts everywhere: by their bytes. From 17 on PostgreSQL has it itself, before that it is the system's. */
const localeOptions = (version: number): readonly string[] =>
  version >= 17
    ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    : ['--locale=C.UTF-8', '--locale-provider=libc'];

/** initdb, once. A folder that initdb didn't finish (a crash, a full disk) is emptied and initialised again. */
export async function initialiseCluster(
  binaries: PostgresBinaries,
  folder: string,
  user: ServiceUser | null,
  password: string,
): Promise<void> {
  if (existsSync(join(folder, completeMarker))) return;
  for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
  const passwordFile = join(folder, '..', 'initial-password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== null) chownSync(passwordFile, user.uid, user.gid);
  const initialisation = run(
    binaries.initdb,
    [
      `--pgdata=${folder}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      ...localeOptions(await majorVersion(binaries)),
      '--no-sync',
    ],
    { ...(user === null ? {} : { uid: user.uid, gid: user.gid }), cwd: '/', timeout: 120_000 },
  );
  endWithThisProcess(initialisation.child);
  try {
    await initialisation;
  } catch (cause) {
    throw new StackError('COMMAND_FAILED', `initdb failed: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  } finally {
    rmSync(passwordFile);
  }
  writeFileSync(join(folder, completeMarker), '');
}

/**
 * Cleans up for a new server after a crash or a reboot: ends a server of this very folder whose pid file was lost,
 * and removes a postmaster.pid that names a process which is gone or has nothing to do with it.
 */
export async function clearStaleServer(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const identity = await processIdentity(pid);
  if (identity !== null && (await processCommand(pid)).includes(`-D ${folder}`)) {
    await stopProcess(pid, identity, 'SIGINT');
  }
  rmSync(pidFile, { force: true });
}
