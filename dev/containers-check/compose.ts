/** podman-compose over a copy of deploy/containers, with the images that were made here. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runCommand } from '../stack/index.ts';
import { StackError } from '../stack/error.ts';
import { basePrefix, imagePrefix, openPodman, podmanProgram, runArguments } from './podman.ts';

export const [place = '', work = ''] = process.argv.slice(2);
/** The copy. */
export const folder = join(work, 'containers');
export const podman = openPodman(place);

let version = 'latest';
/** From now on the images of this tag (`COUNTERSIGN_VERSION`). */
export function useVersion(tag: string): void {
  version = tag;
}

const podmanCompose = (files: readonly string[], args: readonly string[]): Promise<string> =>
  runCommand(
    'podman-compose',
    [
      ...['--project-name', 'countersign', '--podman-path', podmanProgram(place)],
      ...[`--podman-run-args=${runArguments.join(' ')}`],
      ...files.flatMap((file) => ['--file', join(folder, file)]),
      ...args,
    ],
    {
      cwd: folder,
      env: {
        ...process.env,
        COUNTERSIGN_IMAGES: imagePrefix,
        COUNTERSIGN_VERSION: version,
        POSTGRES_IMAGE: `${basePrefix}/postgres:latest`,
        CLAMAV_IMAGE: `${basePrefix}/clamav:latest`,
        CADDY_IMAGE: `${basePrefix}/caddy:latest`,
      },
      timeoutSeconds: 900,
    },
  );

/** compose.yaml, with what differs here in a file of its own. */
export const compose = (...args: readonly string[]): Promise<string> =>
  podmanCompose(['compose.yaml', 'here.yaml'], args);

/** One of tools.yaml, to its end → what it printed. */
export const runTool = (...args: readonly string[]): Promise<string> =>
  podmanCompose(['compose.yaml', 'tools.yaml'], ['run', '--no-deps', '--rm', '-T', ...args]);

export const containerOf = (service: string): string => `countersign_${service}_1`;

/** Where a volume lies on this machine. */
export const volumeFolder = async (name: string): Promise<string> =>
  (await podman(['volume', 'inspect', '--format', '{{.Mountpoint}}', `countersign_${name}`])).trim();

/** Tries every half second, for five minutes. Throws a StackError with the last failure. */
export async function until(what: string, holds: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 300_000;
  for (;;) {
    const failure = await holds().then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null) return;
    if (Date.now() > end)
      throw new StackError(
        'NOT_HEALTHY',
        `not reached: ${what}: ${failure instanceof Error ? failure.message : '?'}`,
      );
    await wait(500);
  }
}
