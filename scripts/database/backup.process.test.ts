/** The guide's commands that save and restore the database, word by word, on the oldest PostgreSQL that will do. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { lacksTools } from '../../dev/test/lacks.ts';
import { prepareStackPaths, startPostgres } from '../../dev/stack/index.ts';
import { debianPostgres, postgresVersionVariable } from '../../dev/stack/postgres/binaries.ts';
import { stepStarted } from '#core/wire/journal/index.ts';
import { openDatabase } from '../../signer/ground/database/index.ts';
import { append, verifyJournal } from '../../signer/ground/journal/index.ts';

const programs = debianPostgres('15');
const root = join(import.meta.dirname, '..', '..');
const lacks = lacksTools(join(programs, 'pg_basebackup'));

/** Command lines of the guide's blocks that begin with a program's name. */
const commandsOf = (...names: readonly string[]): readonly string[] =>
  readFileSync(join(root, 'docs/guides/recovery.md'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/^sudo -u postgres /, '').replace(/ +#.*$/, ''))
    .filter((line) => names.some((name) => line.startsWith(`${name} `)));

let state: string;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let urls: Awaited<ReturnType<typeof postgres.prepareDatabase>>;
beforeAll(async () => {
  if (lacks) return;
  vi.stubEnv(postgresVersionVariable, '15');
  state = mkdtempSync(join(tmpdir(), 'countersign-backup-'));
  postgres = await startPostgres(prepareStackPaths(state));
  urls = await postgres.prepareDatabase();
});
afterAll(async () => {
  if (lacks) return;
  await postgres.stop();
  await rm(state, { recursive: true });
  vi.unstubAllEnvs();
});

async function carryOut(line: string): Promise<void> {
  const [program = '', ...args] = line.split(/\s+/);
  const { port, superuserPassword } = postgres.server;
  await promisify(execFile)(join(programs, program), args, {
    cwd: state,
    env: {
      ...process.env,
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: 'postgres',
      PGPASSWORD: superuserPassword,
    },
  });
}

const entries = async (): Promise<unknown> => {
  const database = openDatabase(urls.signer, () => undefined);
  try {
    return await verifyJournal(database);
  } finally {
    await database.close();
  }
};

async function write(): Promise<void> {
  const database = openDatabase(urls.signer, () => undefined);
  const requestId = '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0001';
  try {
    await database.transaction((transaction) =>
      append(transaction, new Date(), { requestId, event: stepStarted({ pass: 1, step: 'received' }) }),
    );
  } finally {
    await database.close();
  }
}

it.skipIf(lacksTools(join(programs, 'pg_basebackup')))(
  'pg_dump and pg_restore: chain, roles’ rights and triggers are what they were',
  async () => {
    await write();
    const commands = commandsOf('pg_dump', 'createdb', 'pg_restore');
    expect(commands.map((line) => line.split(' ')[0])).toEqual(['pg_dump', 'createdb', 'pg_restore']);
    const [dump = '', create = '', restore = ''] = commands;
    await carryOut(dump);
    await write();
    expect(await entries()).toMatchObject({ intact: true, entries: 2 });
    await postgres.dropDatabase('countersign');
    await carryOut(create);
    await carryOut(restore);
    expect(await entries()).toMatchObject({ intact: true, entries: 1 });
    // By the signer's role, and still append-only.
    await write();
    expect(await entries()).toMatchObject({ intact: true, entries: 2 });
    const database = openDatabase(urls.signer, () => undefined);
    try {
      await expect(database.query('DELETE FROM signer.journal')).rejects.toThrow();
    } finally {
      await database.close();
    }
  },
);

it.skipIf(lacksTools(join(programs, 'pg_basebackup')))(
  'pg_basebackup: a whole copy of the cluster',
  async () => {
    const [line = ''] = commandsOf('pg_basebackup');
    await carryOut(line);
    const folder = /--pgdata=(\S+)/.exec(line)?.[1] ?? '';
    expect(await readdir(join(state, folder))).toEqual(
      expect.arrayContaining(['backup_manifest', 'base.tar.gz', 'pg_wal.tar.gz']),
    );
  },
);
