import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StackError } from '../error.ts';
import { requireProgram } from './run.ts';

export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The operating-system user a server gives up root for, made if needed; null where this process isn't root and so
 * everything runs as the person who started it.
 */
export function serviceUser(name: string): ServiceUser | null {
  if (process.getuid?.() !== 0) return null;
  const found = findUser(name);
  if (found !== null) return found;
  execFileSync(requireProgram('useradd', 'passwd', 'shadow'), [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]);
  const created = findUser(name);
  if (created === null) throw new StackError('BAD_STATE', `useradd made no user ${name}`);
  return created;
}

function findUser(name: string): ServiceUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { name, uid: Number(uid), gid: Number(gid) };
}

/** Whether any user may go through every folder down to `path`, as far as the path exists. */
export function isReachableByAll(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && statSync(folder).isDirectory() && (statSync(folder).mode & 0o001) === 0)
      return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The folder at `path`, owned by the service's user. Where that user can't reach it (a project below /root), the
 * folder is kept in /var/lib and `path` links to it → the folder's real place.
 */
export function serviceFolder(path: string, user: ServiceUser | null): string {
  if (user === null) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  const folder = isReachableByAll(parent) ? path : join(outsideFolder(path), 'state');
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (folder === path) {
    // A link from a time when the project lay elsewhere, or was less open.
    if (existing?.isSymbolicLink() === true) rmSync(path);
  } else if (
    existing !== undefined &&
    !(existing.isSymbolicLink() && statSync(path, { throwIfNoEntry: false }))
  ) {
    rmSync(path, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
  if (folder !== path && !existsSync(path)) symlinkSync(folder, path);
  return folder;
}

const outsideRoot = '/var/lib';
const ownerFile = 'belongs-to';

function outsidePath(path: string): string {
  const digest = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 12);
  return join(outsideRoot, `countersign-${digest}`);
}

/**
 * A folder in /var/lib that belongs to `path` alone. Its parents are root's, so that nobody else can take the name.
 * Folders whose project or run has been removed go when the next one is made.
 */
export function outsideFolder(path: string): string {
  for (const name of readdirSync(outsideRoot).filter((each) => /^countersign-[0-9a-f]{12}$/.test(each))) {
    const owner = join(outsideRoot, name, ownerFile);
    if (existsSync(owner) && !existsSync(dirname(readFileSync(owner, 'utf8')))) {
      rmSync(join(outsideRoot, name), { recursive: true, force: true });
    }
  }
  const folder = outsidePath(path);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  writeFileSync(join(folder, ownerFile), resolve(path), { mode: 0o600 });
  return folder;
}

/** Removes what serviceFolder made for `path`, wherever it lies. */
export function removeServiceFolder(path: string): void {
  if (process.getuid?.() === 0) rmSync(outsidePath(path), { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
}
