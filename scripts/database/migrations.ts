import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSchemaEngine, type SchemaEngine } from './schema-engine.ts';

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];

const projectDirectory = join(import.meta.dirname, '..', '..');
const schemaPath = join(projectDirectory, 'prisma', 'schema.prisma');
const migrationsDirectory = join(projectDirectory, 'prisma', 'migrations');
const noFilters = { externalTables: [], externalEnums: [] };

async function datamodel() {
  return { path: schemaPath, content: await readFile(schemaPath, 'utf8') };
}

async function listMigrations(): Promise<MigrationList> {
  const entries = await readdir(migrationsDirectory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: migrationsDirectory,
    lockfile: {
      path: './migration_lock.toml',
      content: await readFile(join(migrationsDirectory, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(migrationsDirectory, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}

/** Applies the migrations that the database hasn't seen, as its owner → their names, oldest first. */
export async function applyMigrations(ownerUrl: string): Promise<readonly string[]> {
  const migrationsList = await listMigrations();
  return withSchemaEngine(ownerUrl, await datamodel(), async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: noFilters });
    return appliedMigrationNames;
  });
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
