import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { git, keepRepository } from '../git-host/index.ts';
import { createDatabase, dropDatabase, type DatabaseUrls } from '../stack/postgres/databases.ts';
import { startSoftHsm } from '../stack/index.ts';
import './global-setup.ts';

/** A resource borrowed by a test. Tests have to release it (`await using` or `release()`), or the whole run fails. */
interface Borrowed extends AsyncDisposable {
  readonly release: () => Promise<void>;
}

function borrowed<T extends object>(value: T, release: () => Promise<void>): T & Borrowed {
  return { ...value, release, [Symbol.asyncDispose]: release };
}

/**
 * A database of the test's own with schema, queue and grants, and a URL for each role. Releasing it fails when the
 * test left a connection open.
 */
export async function testDatabase(): Promise<DatabaseUrls & Borrowed> {
  const { database } = inject('services');
  const urls = await createDatabase(database, database.template);
  return borrowed(urls, async () => {
    const connections = await dropDatabase(database, urls.name);
    if (connections > 0) throw new Error(`the test left ${connections} database connection(s) open`);
  });
}

export interface TestToken {
  readonly module: string;
  readonly configFile: string;
  readonly tokenLabel: string;
  readonly pinFile: string;
  /** a folder of the test's own, for registries and journals */
  readonly folder: string;
}

/** A SoftHSM token of the test's own, empty. The process that loads the module needs SOFTHSM2_CONF=configFile. */
export async function testToken(label = 'signing'): Promise<TestToken & Borrowed> {
  const { folder, release } = await testFolder('token');
  const [secrets, softhsm] = [join(folder, 'secrets'), join(folder, 'softhsm')];
  mkdirSync(secrets, { mode: 0o700 });
  mkdirSync(softhsm);
  const { module, configFile, tokens } = await startSoftHsm({ secrets, softhsm }, [label]);
  const pinFile = tokens[0]?.pinFile ?? '';
  return borrowed({ module, configFile, tokenLabel: label, pinFile, folder }, release);
}

/** A SoftHSM with several tokens, as the ceremony and the stack have. */
export async function testTokens(labels: readonly string[]): Promise<
  {
    readonly module: string;
    readonly configFile: string;
    readonly pinFiles: Readonly<Record<string, string>>;
    readonly folder: string;
  } & Borrowed
> {
  const { folder, release } = await testFolder('tokens');
  const [secrets, softhsm] = [join(folder, 'secrets'), join(folder, 'softhsm')];
  mkdirSync(secrets, { mode: 0o700 });
  mkdirSync(softhsm);
  const { module, configFile, tokens } = await startSoftHsm({ secrets, softhsm }, labels);
  const pinFiles = Object.fromEntries(tokens.map((token) => [token.label, token.pinFile]));
  return borrowed({ module, configFile, pinFiles, folder }, release);
}

/** clamd of this run, which knows the EICAR file and nothing else. */
export function testClamd(): { readonly host: string; readonly port: number } {
  return inject('services').clamd;
}

export interface TestRepository {
  /** the bare repository, which its owner writes by path */
  readonly path: string;
  /** where everybody else fetches it */
  readonly url: string;
}

/** An empty bare repository of the test's own, served over smart HTTP. */
export async function testGitRepository(): Promise<TestRepository & Borrowed> {
  const { root, origin } = inject('services').git;
  const name = `test-${randomBytes(6).toString('hex')}.git`;
  const path = await keepRepository(root, name);
  return borrowed({ path, url: `${origin}${name}` }, async () => {
    await git(path, 'fsck', '--strict');
    rmSync(path, { recursive: true });
  });
}

/** An empty folder of the test's own. */
export function testFolder(name = 'folder'): Promise<{ readonly folder: string } & Borrowed> {
  const folder = join(inject('services').scratch, `${name}-${randomBytes(6).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  return Promise.resolve(
    borrowed({ folder }, () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    }),
  );
}
