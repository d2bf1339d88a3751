import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { explainBlocked } from './blocked.ts';
import { projectDirectory } from './project-directory.ts';
import { withSchemaEngine, type SchemaEngine } from './schema-engine.ts';

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];

const schemaPath = join(projectDirectory, 'prisma', 'schema.prisma');
const migrationsDirectory = join(projectDirectory, 'prisma', 'migrations');
const noFilters = { externalTables: [], externalEnums: [] };

async function datamodel() {
  return { path: schemaPath, content: await readFile(schemaPath, 'utf8') };
}

async function listMigrations(directory: string): Promise<MigrationList> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: directory,
    lockfile: {
      path: './migration_lock.toml',
      content: await readFile(join(directory, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(directory, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}

interface ApplyOptions {
  /** how long a statement waits for a locked table */
  readonly lockMilliseconds?: number;
  readonly directory?: string;
}

/**
 * Applies the migrations that the database hasn't seen, as its owner → their names, oldest first. One that fails leaves
 * nothing behind (see MigratingPostgres), so it is tried again the next time. Rejects with MigrationBlocked.
 */
export async function applyMigrations(
  ownerUrl: string,
  { lockMilliseconds, directory = migrationsDirectory }: ApplyOptions = {},
): Promise<readonly string[]> {
  const migrationsList = await listMigrations(directory);
  const apply = async (engine: SchemaEngine): Promise<readonly string[]> => {
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: noFilters });
      return appliedMigrationNames;
    } catch (error) {
      const failed = await failedMigration(ownerUrl);
      if (failed !== null) await engine.markMigrationRolledBack({ migrationName: failed });
      throw error;
    }
  };
  return explainBlocked(ownerUrl, async () =>
    withSchemaEngine(ownerUrl, await datamodel(), apply, lockMilliseconds),
  );
}

/** The migration that the engine notes as begun and failed; it would refuse all others for it. */
async function failedMigration(ownerUrl: string): Promise<string | null> {
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ migration_name: string }>(
      `SELECT migration_name FROM _prisma_migrations
        WHERE finished_at IS NULL AND rolled_back_at IS NULL AND logs IS NOT NULL ORDER BY started_at DESC LIMIT 1`,
    );
    return rows[0]?.migration_name ?? null;
  } finally {
    await client.end();
  }
}

/**
 * What is still missing between a fully migrated database and prisma/schema.prisma → SQL, or null where they agree.
 * Triggers, grants and the queue's tables are outside Prisma's view and don't count.
 */
export async function schemaDrift(migratedUrl: string): Promise<string | null> {
  const schema = await datamodel();
  return withSchemaEngine(migratedUrl, schema, async (engine) => {
    const { stdout, exitCode } = await engine.diff({
      from: { tag: 'schemaDatasource', files: [schema], configDir: join(projectDirectory, 'prisma') },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: noFilters,
    });
    return exitCode === 0 ? null : (stdout ?? '');
  });
}

/** Writes the next migration from `sql` → its folder's name. `at` gives the timestamp that orders it. */
export async function writeMigration(name: string, sql: string, at: Date): Promise<string> {
  const folder = `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${name}`;
  await mkdir(join(migrationsDirectory, folder), { recursive: true });
  await writeFile(join(migrationsDirectory, folder, 'migration.sql'), sql);
  return folder;
}
