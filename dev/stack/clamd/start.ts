import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import { requireProgram } from '../process/run.ts';
import { serviceFolder, serviceUser } from '../process/service-user.ts';
import { startProcess, waitUntilHealthy } from '../process/supervise.ts';
import { updateSignatures, writeTestSignature, type SignatureDatabase } from './signatures.ts';

export interface ClamdOptions {
  /** `test`: only the EICAR test signature, nothing is downloaded. `official`: freshclam, where its mirror answers. */
  readonly signatures: 'test' | 'official';
  readonly report?: (message: string) => void;
  /** Lines of clamd.conf that take the place of the stack's own, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningClamd {
  readonly name: 'clamd';
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly signatures: SignatureDatabase;
  health(): Promise<boolean>;
  stop(): Promise<void>;
}

/** As docs/guides/scanning.md says, with why; the signer's canaries hold clamd to it. */
function configuration(
  port: number,
  database: string,
  temporary: string,
  user: string | null,
  settings: Readonly<Record<string, string>>,
): string {
  const own = [
    'Foreground yes',
    'LogTime yes',
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    `DatabaseDirectory ${database}`,
    `TemporaryDirectory ${temporary}`,
    'StreamMaxLength 2000M',
    'MaxFileSize 2000M',
    'MaxScanSize 4000M',
    'MaxScanTime 600000',
    'MaxRecursion 17',
    'MaxFiles 10000',
    'AlertExceedsMax yes',
    'AlertEncrypted yes',
    'DisableCache yes',
    'ConcurrentDatabaseReload no',
    'ExitOnOOM yes',
    'ReadTimeout 120',
    'CommandReadTimeout 30',
  ];
  if (user !== null) own.push(`User ${user}`);
  const kept = own.filter((line) => settings[line.split(' ', 1)[0] ?? ''] === undefined);
  const lines = [...kept, ...Object.entries(settings).map(([name, value]) => `${name} ${value}`)];
  return `${lines.join('\n')}\n`;
}

/** Starts clamd on a loopback port with its own configuration and database. */
export async function startClamd(paths: StackPaths, options: ClamdOptions): Promise<RunningClamd> {
  const program = requireProgram('clamd', 'clamav-daemon', 'clamav');
  const user = serviceUser('clamav');
  const folder = serviceFolder(paths.clamav, user);
  const pidFile = join(paths.pids, 'clamd.json');
  const database = join(folder, 'db');
  const temporary = join(folder, 'tmp');
  for (const each of [database, temporary]) {
    mkdirSync(each, { recursive: true, mode: 0o700 });
    if (user !== null) chownSync(each, user.uid, user.gid);
  }
  writeTestSignature(database);
  if (user !== null) chownSync(join(database, 'countersign-test.ndb'), user.uid, user.gid);
  const signatures =
    options.signatures === 'test'
      ? 'test-only'
      : await updateSignatures(paths, database, user, options.report ?? (() => undefined));

  return startOnPort(paths, 'clamd', async (port) => {
    const configFile = join(folder, 'clamd.conf');
    writeFileSync(
      configFile,
      configuration(port, database, temporary, user?.name ?? null, options.settings ?? {}),
    );
    const running = await startProcess({
      name: 'clamd',
      command: program,
      args: [`--config-file=${configFile}`],
      pidFile,
      logFile: join(paths.logs, 'clamd.log'),
      cwd: '/',
    });
    const health = async () => (await ask(port, 'zPING\0')).startsWith('PONG');
    try {
      // Loading the official database takes most of a minute on a slow machine.
      await waitUntilHealthy(running, health, signatures === 'official' ? 180 : 30);
    } catch (error) {
      await running.stop();
      throw error;
    }
    return { name: 'clamd', host: '127.0.0.1', port, signatures, health, stop: () => running.stop() };
  });
}

/** One command to clamd → its answer, at most 1 KiB, within 5 s. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: 5000 }, () => {
      socket.write(command);
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (answer.length > 1024) socket.destroy(new Error('the answer is too long'));
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer within 5 s')));
    socket.on('error', reject);
    socket.on('end', () => {
      resolve(answer);
      socket.destroy();
    });
  });
}
