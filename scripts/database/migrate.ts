import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { explainBlocked } from './blocked.ts';
import { applyMigrations } from './migrations.ts';
import { prepareQueues } from './queue.ts';
import { projectDirectory } from './project-directory.ts';
import { lockTimeout } from './schema-engine.ts';

const prismaDirectory = join(projectDirectory, 'prisma');

/** Any number that nothing else in the database locks. */
const migrationLock = 4_177_520_261;

export interface MigrateOptions {
  /** with it, roles and the database are made where they are missing */
  readonly superuserUrl?: string;
  /** the database to migrate, as the role that owns it */
  readonly ownerUrl: string;
  /** passwords to give to the roles; only with a superuser */
  readonly passwords?: Readonly<Record<'owner' | 'portal' | 'signer', string>>;
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function prepareRoles({ superuserUrl, ownerUrl, passwords }: MigrateOptions): Promise<void> {
  if (superuserUrl === undefined) return;
  const roles = await readFile(join(prismaDirectory, 'roles.sql'), 'utf8');
  const database = new URL(ownerUrl).pathname.slice(1);
  await withClient(superuserUrl, async (client) => {
    await client.query(roles);
    for (const [role, password] of Object.entries(passwords ?? {})) {
      const name = client.escapeIdentifier(`countersign_${role}`);
      await client.query(`ALTER ROLE ${name} PASSWORD ${client.escapeLiteral(password)}`);
    }
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER countersign_owner`);
    }
  });
}

/**
 * Brings a database to the current state: roles, tables, the job queue, grants. Doing it again changes nothing.
 * → the names of the migrations that were applied now.
 */
export async function migrateDatabase(options: MigrateOptions): Promise<readonly string[]> {
  await prepareRoles(options);
  const grants = await readFile(join(prismaDirectory, 'grants.sql'), 'utf8');
  return withClient(options.ownerUrl, async (client) => {
    // Two at a time (two machines deployed at once) wait for one another; the lock ends with the connection.
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const applied = await applyMigrations(options.ownerUrl);
    await prepareQueues(options.ownerUrl);
    await client.query('SELECT set_config($1, $2, false)', ['lock_timeout', String(lockTimeout)]);
    await explainBlocked(options.ownerUrl, () => client.query(grants));
    return applied;
  });
}
