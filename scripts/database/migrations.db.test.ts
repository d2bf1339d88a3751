import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { applyMigrations } from './migrations.ts';

const name = '29990101000000_one_more';

describe('a migration', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let portal: pg.Client;
  let directory: string;
  beforeEach(async () => {
    urls = await testDatabase();
    portal = new pg.Client({ connectionString: urls.portal });
    await portal.connect();
    directory = await mkdtemp(join(tmpdir(), 'countersign-migrations-'));
    await cp(join(import.meta.dirname, '..', '..', 'prisma', 'migrations'), directory, { recursive: true });
    await mkdir(join(directory, name));
  });
  afterEach(async () => {
    await portal.end();
    await rm(directory, { recursive: true });
    await urls.release();
  });

  it('that waits for a locked table ends, names the session, leaves nothing, and is applied the next time', async () => {
    await writeFile(
      join(directory, name, 'migration.sql'),
      'CREATE TABLE portal.half_done (id int);\nALTER TABLE portal.signing_request ADD COLUMN one_more int;',
    );
    await portal.query('BEGIN');
    await portal.query('SELECT 1 FROM portal.signing_request');
    const { rows } = await portal.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await expect(applyMigrations(urls.owner, { directory, lockMilliseconds: 300 })).rejects.toMatchObject({
      code: 'MIGRATION_BLOCKED',
      message: expect.stringMatching(
        new RegExp(`process ${rows[0]?.pid}, countersign_portal.*portal.signing_request[^]*Stop the portal`),
      ) as unknown,
    });
    const half = await portal.query<{ table: string | null }>(
      `SELECT to_regclass('portal.half_done')::text AS table`,
    );
    expect(half.rows).toEqual([{ table: null }]);
    await portal.query('ROLLBACK');
    expect(await applyMigrations(urls.owner, { directory })).toEqual([name]);
    expect(await applyMigrations(urls.owner, { directory })).toEqual([]);
  });

  it('that is wrong can be fixed and applied', async () => {
    const file = join(directory, name, 'migration.sql');
    await writeFile(file, 'CREATE TABLE portal.one_more (id nothing);');
    await expect(applyMigrations(urls.owner, { directory })).rejects.toThrow('nothing');
    await writeFile(file, 'CREATE TABLE portal.one_more (id int);');
    expect(await applyMigrations(urls.owner, { directory })).toEqual([name]);
  });
});
