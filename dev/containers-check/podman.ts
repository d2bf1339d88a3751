/** podman with a store of its own, so that a check leaves a machine's images and containers alone. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../stack/index.ts';

/** Images that stand in for others'. */
export const basePrefix = 'localhost/countersign-check';
/** What `COUNTERSIGN_IMAGES` of compose.yaml says. */
export const imagePrefix = 'localhost/countersign';

/**
 * Writes the program that podman-compose calls → its path. Control groups are left out: in a container of any kind, where this may run,
 * they are often somebody else's. So limits of memory and processes are not tried.
 */
export function podmanProgram(place: string): string {
  const program = join(place, 'podman');
  // podman takes no more than 50 characters for its state, which needn't outlive its containers. Networks are the machine's unless said.
  const [store, state, networks] = [
    join(place, 'storage'),
    '/tmp/countersign-containers',
    join(place, 'networks'),
  ];
  for (const folder of [store, state, networks]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(
    program,
    `#!/bin/sh\nexec podman --root ${store} --runroot ${state} --network-config-dir ${networks} --cgroup-manager=cgroupfs --runtime crun --events-backend=file "$@"\n`,
  );
  chmodSync(program, 0o755);
  return program;
}

export const runArguments = [
  '--cgroups=disabled',
  ...['--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'],
];

/** Runs a podman command → what it printed. `build` gets what it needs where control groups are missing. */
export function openPodman(place: string): (args: readonly string[]) => Promise<string> {
  const program = podmanProgram(place);
  return ([verb = '', ...args]) => {
    const more =
      verb === 'build'
        ? [
            '--quiet',
            '--isolation=chroot',
            '--network=host',
            // A machine behind a proxy that answers for registries believes it; so does the build.
            ...['--volume', '/etc/ssl/certs:/etc/ssl/certs:O'],
            '--ulimit',
            'nofile=4096:4096',
            '--ulimit',
            'nproc=4096:4096',
          ]
        : [];
    return runCommand(program, [verb, ...more, ...args], { timeoutSeconds: 3600 });
  };
}
