/** Fetches packages into the cache and unpacks them there; what is there already stays. Nothing of them is installed or run. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { cache, debianPackages, debianSources, npmPackages } from './sources.ts';

const secondsMax = 600;

export function fetchPackages(say: (line: string) => void): void {
  const folder = (kind: string, name: string): string => join(cache, kind, name.replaceAll('/', '+'));
  const each = (
    kind: string,
    names: readonly string[],
    unpack: (name: string, into: string) => void,
  ): void => {
    for (const name of names) {
      const to = folder(kind, name);
      if (existsSync(to)) continue;
      mkdirSync(join(cache, kind), { recursive: true });
      const into = mkdtempSync(join(cache, 'unfinished-'));
      try {
        unpack(name, into);
        renameSync(into, to);
      } catch (error) {
        say(
          `${name} could not be fetched: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
        );
      } finally {
        rmSync(into, { recursive: true, force: true });
      }
    }
  };
  const run = (cwd: string, program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: secondsMax * 1000,
    });
  const only = (into: string, pattern: RegExp): string => {
    const name = readdirSync(into).find((file) => pattern.test(file));
    if (name === undefined) throw new Error('nothing came');
    return join(into, name);
  };

  each('npm', npmPackages, (name, into) => {
    run(into, 'npm', 'pack', '--silent', name);
    const archive = only(into, /\.tgz$/);
    run(into, 'tar', '-xzf', archive);
    rmSync(archive);
  });
  each('debian', debianPackages, (name, into) => {
    run(into, 'apt-get', 'download', '-q', name);
    const archive = only(into, /\.deb$/);
    run(into, 'dpkg-deb', '-x', archive, '.');
    rmSync(archive);
  });
  const options = sourceOptions();
  each('source', debianSources, (name, into) => {
    run(into, 'apt-get', ...options, 'source', '--download-only', '-q', name);
    const archive = only(into, /\.orig\.tar\.[a-z0-9]+$/);
    run(into, 'tar', '-xf', archive);
    for (const file of readdirSync(into)) if (file.startsWith(`${name}_`)) rmSync(join(into, file));
    for (const file of run(into, 'find', '.', '-name', '*.cab.uu').split('\n').filter(Boolean))
      decode(join(into, file));
  });

  /** Lists of sources of their own, from where this machine has its packages. */
  function sourceOptions(): readonly string[] {
    const [place = ''] = run(
      '/',
      'apt-get',
      'indextargets',
      '--format',
      '$(REPO_URI) $(RELEASE)',
      'Created-By: Packages',
    )
      .split('\n')
      .filter((line) => /debian\/? [a-z]+$/.test(line));
    const [address = '', release = ''] = place.split(' ');
    const lists = join(cache, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
    writeFileSync(join(cache, 'sources.list'), `deb-src [signed-by=${keyring}] ${address} ${release} main\n`);
    const options = [
      ...[
        '-o',
        `Dir::Etc::sourcelist=${join(cache, 'sources.list')}`,
        '-o',
        'Dir::Etc::sourceparts=/dev/null',
      ],
      ...['-o', `Dir::State::lists=${lists}`],
    ];
    if (debianSources.some((name) => !existsSync(folder('source', name))))
      run('/', 'apt-get', ...options, 'update');
    return options;
  }
}

/** uuencoded, as test suites hold files. */
function decode(file: string): void {
  const lines = readFileSync(file, 'latin1').split('\n');
  const parts = lines.slice(1).flatMap((line) => {
    const length = (line.charCodeAt(0) - 32) & 63;
    if (line === '' || length === 0 || line === 'end') return [];
    const bits = Array.from({ length: line.length - 1 }, (_, at) => (line.charCodeAt(at + 1) - 32) & 63);
    const bytes: number[] = [];
    for (let at = 0; at + 3 < bits.length; at += 4) {
      const word =
        ((bits[at] ?? 0) << 18) |
        ((bits[at + 1] ?? 0) << 12) |
        ((bits[at + 2] ?? 0) << 6) |
        (bits[at + 3] ?? 0);
      bytes.push((word >> 16) & 255, (word >> 8) & 255, word & 255);
    }
    return [Buffer.from(bytes.slice(0, length))];
  });
  writeFileSync(join(file, '..', basename(file, '.uu')), Buffer.concat(parts));
}
