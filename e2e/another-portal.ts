/** A second portal from the same build, beside the one of all journeys: with something of its configuration or around it changed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { programArguments } from '../scripts/processes/program.ts';
import { freePort } from '../dev/test/free-port.ts';

const project = join(import.meta.dirname, '..');
export const state = (): string => {
  const folder = process.env['COUNTERSIGN_STATE'];
  if (folder === undefined) throw new Error('COUNTERSIGN_STATE names no folder');
  return folder;
};

export interface AnotherPortal extends AsyncDisposable {
  readonly url: string;
  /** What it has written to its log so far. */
  readonly log: () => string;
  /** SIGTERM, and once it has ended another process at the same address → the status that it ended with, once the new one answers. */
  restart(): Promise<number | null>;
}

const configSchema = z.record(z.string(), z.unknown());

/** The configuration of the journeys' portal. */
export const portalConfig = (): Readonly<Record<string, unknown>> =>
  configSchema.parse(parse(readFileSync(join(state(), 'portal', 'config.yaml'), 'utf8')));

export async function startAnotherPortal(
  changes: Readonly<Record<string, unknown>>,
  options: {
    /** Size of the file system that the artifact store is on; it has no other. */
    readonly storeBytes?: number;
    /** Where people reach it, if not at its own address. */
    readonly publicUrl?: string;
    /** With a clone of the policy repository of its own, as on a machine of its own. */
    readonly ownClone?: boolean;
  } = {},
): Promise<AnotherPortal> {
  const folder = mkdtempSync(join(state(), 'another-portal-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { storeBytes, publicUrl = url, ownClone = false } = options;
  const store = join(folder, 'store');
  mkdirSync(store);
  const config = join(folder, 'config.yaml');
  const all = portalConfig();
  const { url: policies } = all['policyRepository'] as { readonly url: string };
  const own = {
    ...(storeBytes === undefined ? {} : { artifactStore: store }),
    ...(ownClone ? { policyRepository: { url: policies, cloneDir: join(folder, 'policies.git') } } : {}),
  };
  writeFileSync(config, stringify({ ...all, ...own, ...changes, publicUrl }), { mode: 0o600 });
  const program = [
    process.execPath,
    ...programArguments('portal'),
    '--hostname',
    '127.0.0.1',
    '--port',
    String(port),
  ];
  // A mount of the process's own: nobody else sees the little file system, and it ends with the process.
  const mount = `mount -t tmpfs -o size=${storeBytes ?? 0} tmpfs "$0" && exec "$@"`;
  const [command = '', ...args] =
    storeBytes === undefined ? program : ['unshare', '-rm', 'sh', '-c', mount, store, ...program];
  let log = '';
  const launch = (): ChildProcess => {
    const child = spawn(command, args, {
      cwd: project,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NEXTAUTH_URL: publicUrl,
        COUNTERSIGN_PORTAL_CONFIG: config,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => void (log += chunk.toString('utf8')));
    return child;
  };
  let child = launch();
  const end = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    return child.exitCode;
  };
  const stop = async (): Promise<void> => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  };
  const untilAlive = async (): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const alive = await fetch(`${url}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (alive) return;
      if (attempt > 3000 || child.exitCode !== null) {
        await stop();
        throw new Error(`the portal did not start: ${log}`);
      }
      await wait(100);
    }
  };
  await untilAlive();
  return {
    url,
    log: () => log,
    async restart() {
      const status = await end();
      child = launch();
      await untilAlive();
      return status;
    },
    [Symbol.asyncDispose]: stop,
  };
}
