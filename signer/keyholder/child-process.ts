import { spawn, type ChildProcess } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinFile } from './pin.ts';
import type { ChildOptions } from './message.ts';
import type { ModuleEnvironment } from './module-environment.ts';

const childFile = fileURLToPath(new URL('./child.ts', import.meta.url));
const projectRoot = resolve(dirname(childFile), '..', '..');

/**
 * Starts the child under Node's permission model: it reads its code, the registry's folder and the PIN file,
 * writes its journal's folder, and starts no process, worker or inspector. Two things it can't give:
 * the PKCS#11 module is native code (--allow-addons) that the model doesn't bind, and Node 24 has no rule for
 * the network. The environment holds only what is named here; nothing secret is in the arguments.
 */
export function startChild(options: ChildOptions, moduleEnvironment: ModuleEnvironment): ChildProcess {
  const journalFolder = dirname(options.journalFile);
  const pin = pinFile(options.pin, process.env);
  const readable = [
    ...['signer', 'lib', 'node_modules'].map((folder) => withSlash(join(projectRoot, folder))),
    join(projectRoot, 'package.json'),
    withSlash(dirname(options.registryFile)),
    withSlash(journalFolder),
    ...(pin === null ? [] : [pin]),
  ];
  const flags = [
    '--permission',
    '--allow-addons',
    '--disable-warning=PERM0001',
    '--disable-warning=SecurityWarning',
    ...readable.flatMap(withRealPath).map((path) => `--allow-fs-read=${path}`),
    ...withRealPath(withSlash(journalFolder)).map((path) => `--allow-fs-write=${path}`),
  ];
  return spawn(process.execPath, [...flags, childFile], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: childEnvironment(options, moduleEnvironment),
    serialization: 'json',
  });
}

function childEnvironment(options: ChildOptions, moduleEnvironment: ModuleEnvironment): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...moduleEnvironment, NODE_ENV: process.env.NODE_ENV };
  const passed = ['CREDENTIALS_DIRECTORY', ...('env' in options.pin ? [options.pin.env] : [])];
  for (const name of passed) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

function withSlash(folder: string): string {
  return folder.endsWith(sep) ? folder : `${folder}${sep}`;
}

/** macOS keeps /tmp and /var behind symbolic links: the model checks the path as given and as resolved. */
function withRealPath(path: string): string[] {
  try {
    const real = realpathSync(path);
    const resolved = path.endsWith(sep) ? withSlash(real) : real;
    return resolved === path ? [path] : [path, resolved];
  } catch {
    return [path];
  }
}
