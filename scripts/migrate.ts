/**
 * Database commands, for operators and for whoever changes prisma/schema.prisma:
 *   node scripts/migrate.ts apply             applies migrations, queue and grants (COUNTERSIGN_OWNER_DATABASE_URL)
 *   node scripts/migrate.ts drift             fails when migrations and schema.prisma disagree
 *   node scripts/migrate.ts create <name>     writes the migration that is missing
 * drift and create work on a PostgreSQL of their own, which is gone afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError } from '#core/error/index.ts';
import { ConfigurationError } from '../lib/host/configuration/index.ts';
import { applyFromEnvironment } from './database/apply.ts';
import { MigrationBlocked } from './database/blocked.ts';
import { schemaDrift, writeMigration } from './database/migrations.ts';

async function missingMigration(): Promise<string | null> {
  // Not where the packages for development aren't installed: to apply, none of them is needed.
  const { prepareStackPaths, removeServiceFolder, startPostgres } = await import('../dev/stack/index.ts');
  const paths = prepareStackPaths(mkdtempSync(join(tmpdir(), 'countersign-schema-')));
  try {
    const postgres = await startPostgres(paths, { durable: false });
    try {
      const { owner } = await postgres.prepareDatabase();
      return await schemaDrift(owner);
    } finally {
      await postgres.stop();
    }
  } finally {
    removeServiceFolder(paths.postgres);
    rmSync(paths.state, { recursive: true, force: true });
  }
}

const usage = 'Usage: node scripts/migrate.ts apply | drift | create <name_in_snake_case>';

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return 0;
  }
  const option = args.find((arg) => arg.startsWith('-'));
  if (option !== undefined) {
    console.error(`Unknown option '${option}'\n${usage}`);
    return 2;
  }
  const [command, name] = args;
  if (command === 'apply') return applyFromEnvironment(process.env);
  if (command === 'drift' || (command === 'create' && /^[a-z][a-z0-9_]{2,60}$/.test(name ?? ''))) {
    const sql = await missingMigration();
    if (sql === null) {
      console.log('prisma/migrations build exactly what prisma/schema.prisma says.');
      return 0;
    }
    if (command === 'create') {
      console.log(
        `Wrote prisma/migrations/${await writeMigration(name ?? '', sql, new Date())}/migration.sql`,
      );
      return 0;
    }
    console.error(`prisma/migrations lack what prisma/schema.prisma says:\n\n${sql}`);
    console.error('Run: npm run db:create-migration -- <name_in_snake_case>');
    return 1;
  }
  console.error(usage);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isError(error, MigrationBlocked) && !isError(error, ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
