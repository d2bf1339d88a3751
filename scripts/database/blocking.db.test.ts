import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { findBlocking } from './blocking.ts';
import { applyMigrations } from './migrations.ts';

const migrations = join(import.meta.dirname, '..', '..', 'prisma', 'migrations');

/** Those up to here were made before this was looked at, on databases that were empty. */
const lastUnjudged = '20261130100000_signer_metrics';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Client;
beforeEach(async () => {
  urls = await testDatabase();
  owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await urls.release();
});

it('no migration keeps a running portal or signer out, from the first that is judged on', async () => {
  await owner.query('DROP SCHEMA portal, signer CASCADE; DROP TABLE IF EXISTS _prisma_migrations');
  const names = (await readdir(migrations)).filter((name) => /^\d{14}_/.test(name)).sort();
  expect(names).toContain(lastUnjudged);
  const earlier: string[] = [];
  for (const name of names) {
    const found = await findBlocking(owner, await readFile(join(migrations, name, 'migration.sql'), 'utf8'));
    if (name <= lastUnjudged) earlier.push(...found.map(({ table }) => table));
    else expect(found, name).toEqual([]);
  }
  // What is looked for does occur.
  expect(earlier).toContain('signer.journal');
});

describe('a migration', () => {
  beforeEach(() =>
    owner.query(`CREATE TABLE portal.old (id int PRIMARY KEY, name text, kind text NOT NULL DEFAULT 'a', at text);
      CREATE TABLE portal.other (id int PRIMARY KEY);
      ALTER TABLE portal.old ADD CONSTRAINT later CHECK (id > 0) NOT VALID`),
  );

  it.each([
    ['rewrites', 'ALTER TABLE portal.old ALTER COLUMN id TYPE bigint', /rewritten/],
    [
      'adds a default that differs for each row',
      'ALTER TABLE portal.old ADD COLUMN c uuid DEFAULT gen_random_uuid()',
      /rewritten/,
    ],
    ['indexes', 'CREATE INDEX old_name ON portal.old (name)', /index portal\.old_name keeps writers out/],
    ['makes unique', 'ALTER TABLE portal.old ADD UNIQUE (name)', /keeps writers out/],
    [
      'adds NOT NULL without a default',
      'ALTER TABLE portal.old ADD COLUMN c int NOT NULL',
      /fails where there are rows/,
    ],
    ['makes NOT NULL', 'ALTER TABLE portal.old ALTER COLUMN name SET NOT NULL', /becomes NOT NULL/],
    ['checks all rows', `ALTER TABLE portal.old ADD CHECK (name <> '')`, /checked against all rows/],
    [
      'refers',
      'ALTER TABLE portal.old ADD FOREIGN KEY (id) REFERENCES portal.other',
      /checked against all rows/,
    ],
    ['drops a column', 'ALTER TABLE portal.old DROP COLUMN name', /column name is dropped/],
    [
      'renames a column',
      'ALTER TABLE portal.old RENAME COLUMN name TO title',
      /column name is dropped or renamed/,
    ],
    ['drops', 'DROP TABLE portal.old', /dropped or renamed/],
    ['fills', `UPDATE portal.old SET name = 'b' WHERE name IS NULL`, /rows are changed/],
    [
      'hides what it does',
      `DO $$ BEGIN EXECUTE 'CREATE INDEX hidden ON portal.old (at)'; END $$`,
      /keeps writers out/,
    ],
  ])('that %s is refused', async (_, sql, problem) => {
    expect(await findBlocking(owner, sql)).toEqual([
      { table: 'portal.old', problem: expect.stringMatching(problem) as unknown },
    ]);
    // Said with a reason, it passes: the next table is another one.
    await owner.query('DROP TABLE IF EXISTS portal.old');
  });

  it('that says why nobody waits for it passes, for that table alone', async () => {
    const sql = 'CREATE INDEX a ON portal.old (name); CREATE INDEX b ON portal.other (id)';
    expect(
      await findBlocking(owner, `-- blocks portal.old: has one row for each person, never more\n${sql}`),
    ).toEqual([{ table: 'portal.other', problem: expect.stringContaining('portal.b') as unknown }]);
    await owner.query('DROP INDEX portal.a, portal.b');
    expect(await findBlocking(owner, `-- blocks portal.old: short\n${sql}`)).toHaveLength(2);
  });

  it.each([
    'ALTER TABLE portal.old ADD COLUMN c int',
    `ALTER TABLE portal.old ADD COLUMN c text NOT NULL DEFAULT 'x'`,
    'ALTER TABLE portal.old ADD CONSTRAINT n CHECK (id > 1) NOT VALID',
    'ALTER TABLE portal.old VALIDATE CONSTRAINT later',
    'CREATE TABLE portal.new (id int PRIMARY KEY REFERENCES portal.other, n text UNIQUE); CREATE INDEX x ON portal.new (n); INSERT INTO portal.new SELECT id FROM portal.other',
  ])('that only adds passes: %s', async (sql) => {
    expect(await findBlocking(owner, sql)).toEqual([]);
  });

  it('that builds an index beside the work is applied by the same command as all others', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'countersign-migrations-'));
    const [name, sql] = ['29990101000000_beside', 'CREATE INDEX CONCURRENTLY beside ON portal.old (name);\n'];
    try {
      await cp(migrations, directory, { recursive: true });
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'migration.sql'), sql);
      expect(await applyMigrations(urls.owner, { directory })).toEqual([name]);
      await owner.query('DROP INDEX portal.beside');
      expect(await findBlocking(owner, `-- Why.\n${sql}`)).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
