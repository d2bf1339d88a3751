/** Makes a release of a project whose processes and portal are built: tarball, bill of materials, provenance, digests. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { stageRelease } from './contents.ts';
import { ReleaseError } from './error.ts';
import type { Manifest } from './manifest.ts';
import {
  billOfMaterials,
  digestList,
  provenance,
  type ReleaseFile,
  type ReleaseSource,
} from './statements.ts';

const run = promisify(execFile);
const outputBytesMax = 64 * 1024 * 1024;

export interface ReleaseOptions {
  readonly root: string;
  /** Where the files go; made where missing. */
  readonly output: string;
  /** Take what lies in the work tree, committed or not; the version and the provenance say so. */
  readonly uncommitted?: boolean;
  readonly builder?: string | null;
  readonly report?: (message: string) => void;
}

/** → paths of what was written, the tarball first. Throws a ReleaseError. */
export async function packRelease(options: ReleaseOptions): Promise<readonly string[]> {
  const { root, output, uncommitted = false, builder = null, report = () => undefined } = options;
  const source = await readSource(root, uncommitted);
  const project = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const version = source.commit === null ? `${project.version}-uncommitted` : project.version;
  const name = `countersign-${version}`;
  await mkdir(output, { recursive: true });
  const work = await mkdtemp(join(output, '.packing-'));
  try {
    report('putting it together');
    await stageRelease(root, join(work, name), { version, known: await knownFiles(root, uncommitted) });
    report('bill of materials');
    const bill = await materialsOf(join(work, name), source.epochSeconds);
    report('packing');
    await archive(work, name, source.epochSeconds);
    await writeFile(join(work, `${name}.cdx.json`), bill);
    const subjects = await filesOf(work, [`${name}.tar.gz`, `${name}.cdx.json`]);
    const statement = provenance({
      subjects,
      source,
      lockSha256: await sha256Of(join(root, 'package-lock.json')),
      nodeVersion: process.version,
      builder,
    });
    await writeFile(join(work, `${name}.provenance.json`), statement);
    const all = [...subjects, ...(await filesOf(work, [`${name}.provenance.json`]))];
    await writeFile(join(work, `${name}.SHA256SUMS`), digestList(all));
    const names = [...all.map((file) => file.name), `${name}.SHA256SUMS`];
    for (const file of names) await rename(join(work, file), join(output, file));
    return names.map((file) => join(output, file));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readSource(root: string, uncommitted: boolean): Promise<ReleaseSource> {
  const changed = await command('git', ['status', '--porcelain', '--untracked-files=all'], root);
  if (changed !== '' && !uncommitted) {
    throw new ReleaseError(
      'UNCOMMITTED',
      `There are changes that no commit has, so nobody could build this again:\n${changed.slice(0, 1000)}Commit them, or say --uncommitted to try it out.`,
    );
  }
  const [commit = '', seconds = ''] = (await command('git', ['log', '-1', '--format=%H %ct'], root))
    .trim()
    .split(' ');
  const remote = await run('git', ['remote', 'get-url', 'origin'], { cwd: root }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  return {
    commit: changed === '' ? commit : null,
    // A path of this machine says nothing to others.
    repository: remote !== null && /^https:\/\/[^@\s]+$/.test(remote) ? remote : null,
    epochSeconds: Number(seconds),
  };
}

/** Names of the files that the commit has; of a work tree, also of those that a commit of it would have. */
async function knownFiles(root: string, uncommitted: boolean): Promise<readonly string[]> {
  const more = uncommitted ? ['--others', '--exclude-standard'] : [];
  const listed = await command('git', ['ls-files', '-z', '--cached', ...more], root);
  const names = new Set(listed.split('\0').filter((name) => name !== ''));
  return [...names].filter((name) => !uncommitted || existsSync(join(root, name)));
}

async function materialsOf(folder: string, epochSeconds: number): Promise<string> {
  const args = [
    'sbom',
    '--omit=dev',
    '--package-lock-only',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
  ];
  return billOfMaterials(JSON.parse(await command('npm', args, folder)) as Manifest, epochSeconds);
}

/** The same bytes for the same files: names sorted, one time, no owner, rights as everybody’s files have them. */
async function archive(work: string, name: string, epochSeconds: number): Promise<void> {
  const tar = [
    'tar',
    '--create',
    '--sort=name',
    `--mtime=@${epochSeconds}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u+rwX,go+rX,go-w',
    '--format=gnu',
    name,
  ].join(' ');
  await command('bash', ['-o', 'pipefail', '-c', `${tar} | gzip --no-name > ${name}.tar.gz`], work);
}

async function command(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await run(program, args, { cwd, env, maxBuffer: outputBytesMax });
    return stdout;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.slice(0, 2000) : '';
    throw new ReleaseError('COMMAND_FAILED', `${program} ${args[0] ?? ''} failed: ${said}`, { cause });
  }
}

async function filesOf(folder: string, names: readonly string[]): Promise<readonly ReleaseFile[]> {
  return Promise.all(names.map(async (name) => ({ name, sha256: await sha256Of(join(folder, name)) })));
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
