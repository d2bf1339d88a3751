/**
 * The sandbox of a program that unpacks a file: bubblewrap with a root of its own, in which there are that program, its
 * libraries, the file and an empty folder for what comes out of it. No network, no home, no /proc, no other process, no
 * privileges, and nothing to write to but that folder.
 */
import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seccompFilter } from './seccomp.ts';

export interface Fence {
  /** Paths of bubblewrap and prlimit(1). */
  readonly bwrap: string;
  readonly prlimit: string;
  /** `0.8.0` */
  readonly version: string;
  /** What seccomp(2) is given. */
  readonly filter: Buffer;
  /** Options of bubblewrap that this system allows besides. */
  readonly besides: readonly string[];
}

/**
 * A unit of systemd with ProtectHostname= or ProtectKernelTunables=, and every container, forbid these. They add nothing that the rest
 * doesn't hold: the filter of system calls refuses new namespaces of any kind, and a host's name is no secret.
 */
const whereAllowed = ['--disable-userns', '--hostname', 'unpacker'];

/** A program and all that it needs of the file system. */
export interface FencedProgram {
  readonly file: string;
  /** Files and folders, each at its own path. */
  readonly needs: readonly string[];
}

export interface FencedFiles {
  /** Read as `/in/setup.exe`. */
  readonly input: string;
  /** Written to as `/out`. */
  readonly output: string;
}

export interface FenceLimits {
  readonly memoryMebibytes: number;
  readonly cpuSeconds: number;
  readonly fileBytesMax: number;
}

/** Addresses beyond memory: libraries, and what a heap reserves. */
const reservedMebibytes = 512;

export const inputPlace = '/in/setup.exe';
export const outputPlace = '/out';
/** Numbers of the open files that the command expects: the filter, and where bubblewrap tells the process that it started. */
export const [filterDescriptor, infoDescriptor] = [3, 4] as const;

export function fencedCommand(
  { bwrap, prlimit, besides }: Fence,
  { file, needs }: FencedProgram,
  args: readonly string[],
  { input, output }: FencedFiles,
  limits: FenceLimits,
): readonly string[] {
  return [
    prlimit,
    `--data=${limits.memoryMebibytes * 1024 * 1024}`,
    // Memory that is shared counts as no data. Addresses that a C library reserves and doesn’t use count here.
    `--as=${(limits.memoryMebibytes + reservedMebibytes) * 1024 * 1024}`,
    `--cpu=${limits.cpuSeconds}`,
    `--fsize=${limits.fileBytesMax}`,
    '--nofile=64',
    '--core=0',
    '--',
    bwrap,
    '--unshare-all',
    '--unshare-user',
    ...besides,
    '--die-with-parent',
    '--new-session',
    ...['--cap-drop', 'ALL', '--uid', '65534', '--gid', '65534'],
    ...['--clearenv', '--setenv', 'LC_ALL', 'C.UTF-8'],
    ...needs.flatMap((path) => ['--ro-bind', path, path]),
    ...['--ro-bind', input, inputPlace, '--bind', output, outputPlace],
    // The root is in memory: nothing may grow there.
    ...['--remount-ro', '/', '--chdir', outputPlace],
    ...['--seccomp', String(filterDescriptor), '--info-fd', String(infoDescriptor)],
    '--',
    file,
    ...args,
  ];
}

const toolFolders = ['/usr/bin', '/bin', '/usr/local/bin'];

async function findProgram(name: string): Promise<string | null> {
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

/** Where the C library finds that names are UTF-8. */
const locale = '/usr/lib/locale/C.utf8';

/** A program of this machine → it and its libraries, as the loader finds them; null: it isn't there. */
export async function findFenced(name: string): Promise<FencedProgram | null> {
  const file = await findProgram(name);
  if (file === null) return null;
  const listed = await textOf('/usr/bin/ldd', [await realpath(file)]);
  if (listed === null) return null;
  const libraries = [...listed.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path = '']) => path);
  const hasLocale = await access(locale).then(
    () => true,
    () => false,
  );
  return { file, needs: [file, ...libraries, ...(hasLocale ? [locale] : [])] };
}

/** What a fence was found to be, or why there is none, as the end of a sentence. */
export type FenceProbe =
  { readonly ok: true; readonly fence: Fence } | { readonly ok: false; readonly why: string };

/** Tries it: namespaces may be forbidden where the programs are there. */
export async function probeFence(): Promise<FenceProbe> {
  if (process.platform !== 'linux') return { ok: false, why: 'bubblewrap exists for Linux only' };
  const filter = seccompFilter();
  if (filter === null) return { ok: false, why: `its system calls can’t be filtered on ${process.arch}` };
  const [bwrap, prlimit] = [await findProgram('bwrap'), await findProgram('prlimit')];
  if (bwrap === null) return { ok: false, why: 'bubblewrap is not installed' };
  if (prlimit === null) return { ok: false, why: 'prlimit (util-linux) is not installed' };
  const version = /^bubblewrap (\d+(?:\.\d+)+)$/m.exec((await textOf(bwrap, ['--version'])) ?? '')?.[1];
  const nothing = await findFenced('true');
  if (version === undefined || nothing === null) return { ok: false, why: 'bubblewrap can’t be started' };
  const folder = await mkdtemp(join(tmpdir(), 'countersign-fence-'));
  try {
    const files = { input: join(folder, 'input'), output: folder };
    await writeFile(files.input, '');
    const limits = { memoryMebibytes: 256, cpuSeconds: 10, fileBytesMax: 1024 };
    // The shell opens the two files that the command expects.
    await writeFile(join(folder, 'filter'), filter);
    const script = `exec "$@" ${filterDescriptor}<"$0/filter" ${infoDescriptor}>"$0/info"`;
    for (const besides of [whereAllowed, []]) {
      const fence = { bwrap, prlimit, version, filter, besides };
      const command = fencedCommand(fence, nothing, [], files, limits);
      if ((await textOf('/bin/sh', ['-c', script, folder, ...command])) !== null) return { ok: true, fence };
    }
    return { ok: false, why: 'bubblewrap can’t make namespaces here (user namespaces are needed)' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a trusted program of this machine says; null: it failed. */
function textOf(file: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(file, args, { env: { NODE_ENV: 'production', LC_ALL: 'C' }, timeout: 5000 }, (error, stdout) => {
      resolve(error === null ? stdout : null);
    });
  });
}
