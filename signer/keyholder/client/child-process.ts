import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtCode } from '../../own-code/index.ts';
import {
  type ChildOptions,
  KeyHolderError,
  type ModuleEnvironment,
  pinFile,
  type PinSource,
} from '../protocol/index.ts';

/** The one package that a built keyholder loads from node_modules: native code. */
const tokenPackage = 'pkcs11js';

interface Code {
  readonly main: string;
  readonly flags: readonly string[];
  /** Files, and folders that end with a separator. */
  readonly readable: readonly string[];
}

/** The code that a keyholder's process runs and may read: built, its file and the package that loads the PKCS#11 module. */
function codeOf(name: 'keyholder' | 'log-keyholder', source: URL): Code {
  const built = builtCode(name);
  if (built !== null) {
    const readable = [...built.files, withSlash(loaderFor(built.main))];
    // Where node_modules is a link, Node.js would read the link itself, which isn't allowed.
    return { main: built.main, flags: ['--preserve-symlinks'], readable };
  }
  const main = fileURLToPath(source);
  const root = resolve(dirname(main), '..', '..', '..');
  const folders = ['signer', 'lib', 'node_modules'].map((folder) => withSlash(join(root, folder)));
  return { main, flags: [], readable: [...folders, join(root, 'package.json')] };
}

/**
 * Starts the child under Node's permission model: it reads its code, the registry's folder and the PIN file,
 * writes its journal's folder, and starts no process, worker or inspector. Two limits: the PKCS#11 module is native
 * code (--allow-addons) that the model doesn't restrict, and Node 24 has no rule for the network. The environment
 * contains only what is named here; no secret is in the arguments.
 */
export function startChild(options: ChildOptions, moduleEnvironment: ModuleEnvironment): ChildProcess {
  const journalFolder = withSlash(dirname(options.journalFile));
  return spawnConfined(codeOf('keyholder', new URL('../holder/main.ts', import.meta.url)), {
    pins: options.tokens.map(({ pin }) => pin),
    moduleEnvironment,
    writable: [journalFolder],
    readable: [
      withSlash(dirname(options.registryFile)),
      journalFolder,
      ...(options.documents === null ? [] : [withSlash(options.documents)]),
    ],
  });
}

/**
 * Starts the process that signs one digest of an audit export and ends: it reads its code and the PIN file, and
 * writes nothing.
 */
export function startLogChild(pin: PinSource, moduleEnvironment: ModuleEnvironment): ChildProcess {
  const code = codeOf('log-keyholder', new URL('../holder/log-main.ts', import.meta.url));
  return spawnConfined(code, { pins: [pin], moduleEnvironment, readable: [], writable: [] });
}

function spawnConfined(
  code: Code,
  may: {
    readonly pins: readonly PinSource[];
    readonly moduleEnvironment: ModuleEnvironment;
    readonly readable: readonly string[];
    readonly writable: readonly string[];
  },
): ChildProcess {
  const pins = may.pins.flatMap((pin) => pinFile(pin, process.env) ?? []);
  const readable = [...code.readable, ...may.readable, ...pins];
  const flags = [
    '--permission',
    ...code.flags,
    '--allow-addons',
    '--enable-source-maps',
    '--disable-warning=PERM0001',
    '--disable-warning=SecurityWarning',
    ...readable.flatMap(withRealPath).map((path) => `--allow-fs-read=${path}`),
    ...may.writable.flatMap(withRealPath).map((path) => `--allow-fs-write=${path}`),
  ];
  return spawn(process.execPath, [...flags, code.main], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: childEnvironment(may.pins, may.moduleEnvironment),
    serialization: 'json',
  });
}

function childEnvironment(
  pins: readonly PinSource[],
  moduleEnvironment: ModuleEnvironment,
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...moduleEnvironment, NODE_ENV: process.env.NODE_ENV };
  const passed = ['CREDENTIALS_DIRECTORY', ...pins.flatMap((pin) => ('env' in pin ? [pin.env] : []))];
  for (const name of passed) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** The folder of the native package as Node.js finds it from a file; it may be a link, or below one. */
function loaderFor(file: string): string {
  const places = createRequire(file).resolve.paths(tokenPackage) ?? [];
  const found = places.map((folder) => join(folder, tokenPackage)).find((folder) => existsSync(folder));
  if (found !== undefined) return found;
  throw new KeyHolderError(
    'MODULE_NOT_FOUND',
    `the package ${tokenPackage} isn’t in a node_modules at or above ${dirname(file)}: npm ci`,
  );
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
