/** The command line of an inspector child: operating-system fences around Node with its permission model. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtCode } from '../../own-code/index.ts';
import type { InspectorLimits } from '../limits.ts';
import type { SandboxFences } from './probe.ts';

export interface ChildFiles {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export interface ChildProgram {
  readonly main: string;
  /** What locks the process down before `main` is loaded; null: `main` does it. */
  readonly preload: string | null;
  /** What `main` runs; null: itself. */
  readonly script: string | null;
  /** Folders and files of code that the child may read. */
  readonly code: readonly string[];
}

const here = (relative: string) => realpathSync(fileURLToPath(new URL(relative, import.meta.url)));

/**
 * The inspector itself; nothing of node_modules, no configuration, no state. `folder`: of a build that isn’t this
 * process’s own.
 */
export function inspectorProgram(folder?: string): ChildProgram {
  const main = builtCode('inspector', folder);
  const lockdown = builtCode('inspector-lockdown', folder);
  if (main !== null && lockdown !== null) {
    const code = new Set([...main.files, ...lockdown.files].map((file) => realpathSync(file)));
    const [start, script] = [realpathSync(lockdown.main), realpathSync(main.main)];
    return { main: start, preload: null, script, code: [...code] };
  }
  return {
    main: here('../child/main.ts'),
    preload: new URL('../child/lockdown.ts', import.meta.url).href,
    script: null,
    code: [`${here('../')}/`, `${here('../../../lib/core/')}/`, here('../../../package.json')],
  };
}

/** Compiled code of a built inspector: a file that its child takes, or makes as it ends. */
export interface CompiledCode {
  readonly mode: 'take' | 'make';
  /** Real path; to be made: in a folder that the child may write to. */
  readonly file: string;
}

/** Folders end with `/`. Paths must be real paths: the permission model follows links without checking them. */
export function childCommand(
  program: ChildProgram,
  fences: SandboxFences,
  limits: InspectorLimits,
  files: ChildFiles,
  compiled: CompiledCode | null = null,
): readonly string[] {
  const taken = compiled?.mode === 'take' ? [compiled.file] : [];
  const mebibyte = 1024 * 1024;
  const fileBytesMax = limits.unpackedSizeBytesMax + 64 * mebibyte;
  const node = [
    process.execPath,
    '--permission',
    ...[...program.code, ...taken, ...files.read, ...files.write].map((path) => `--allow-fs-read=${path}`),
    ...files.write.map((path) => `--allow-fs-write=${path}`),
    `--max-old-space-size=${limits.heapMebibytes}`,
    '--disallow-code-generation-from-strings',
    '--disable-proto=throw',
    '--no-addons',
    '--no-global-search-paths',
    ...(program.preload === null ? [] : [`--import=${program.preload}`]),
    program.main,
    ...(program.script === null ? [] : [program.script]),
    ...(program.script === null || compiled === null ? [] : [compiled.mode, compiled.file]),
  ];
  const bounded =
    fences.prlimit === null
      ? node
      : [
          fences.prlimit,
          `--data=${limits.memoryMebibytes * mebibyte}`,
          // Of the whole process, which has worked for up to one time limit when its last operation begins.
          `--cpu=${2 * limits.timeoutSeconds + 10}`,
          `--fsize=${fileBytesMax}`,
          '--nofile=128',
          '--core=0',
          '--',
          ...node,
        ];
  return fences.namespaces === null ? bounded : [...fences.namespaces, ...bounded];
}
