/**
 * Which fences of the operating system work here. Node's permission model and the module lockdown always
 * hold; namespaces and resource limits come from Linux tools (util-linux) that a container may forbid.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

export interface SandboxFences {
  /** Command and arguments that put a process into empty network, IPC and process namespaces; null: none. */
  readonly namespaces: readonly string[] | null;
  /** Path of prlimit(1), which bounds all memory a process allocates; null: only the heap limit applies. */
  readonly prlimit: string | null;
}

const toolFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
/** The child also loses privileges over other processes and, as root, over other users' files. */
const isolated = ['--user', '--net', '--ipc', '--pid', '--fork', '--kill-child=KILL'];
/** For root where user namespaces are switched off. */
const isolatedAsRoot = isolated.filter((option) => option !== '--user');

let probed: Promise<SandboxFences> | null = null;

/** Tries the fences once for this process. */
export function probeFences(): Promise<SandboxFences> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<SandboxFences> {
  if (process.platform !== 'linux') return { namespaces: null, prlimit: null };
  const unshare = await findTool('unshare');
  const prlimit = await findTool('prlimit');
  const working = async (command: readonly string[]) =>
    (await runs([...command, '/bin/true'])) ? command : null;
  return {
    namespaces:
      unshare === null
        ? null
        : ((await working([unshare, ...isolated, '--'])) ??
          (await working([unshare, ...isolatedAsRoot, '--']))),
    prlimit:
      prlimit !== null && (await runs([prlimit, '--data=1073741824', '--', '/bin/true'])) ? prlimit : null,
  };
}

async function findTool(name: string): Promise<string | null> {
  for (const folder of toolFolders) {
    const file = join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return null;
}

function runs([command = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { NODE_ENV: 'production' }, timeout: 5000 }, (error) => {
      resolve(error === null);
    });
  });
}
