import {
  pathsAsWritten,
  databasePasswordSchema,
  withDatabasePassword,
} from '../../lib/host/configuration/index.ts';
import { migrateDatabase } from './migrate.ts';

/**
 * Applies migrations, queues and grants to the database that the environment names → exit code.
 *   COUNTERSIGN_OWNER_DATABASE_URL        the database as countersign_owner
 *   COUNTERSIGN_OWNER_PASSWORD_FILE       a file with its password, where the address has none; COUNTERSIGN_OWNER_PASSWORD_CREDENTIAL:
 *                                         the name of a systemd credential
 *   COUNTERSIGN_SUPERUSER_DATABASE_URL    brings the roles up to date, too
 */
export async function applyFromEnvironment(env: NodeJS.ProcessEnv): Promise<number> {
  const address = env['COUNTERSIGN_OWNER_DATABASE_URL'];
  const superuserUrl = env['COUNTERSIGN_SUPERUSER_DATABASE_URL'];
  if (address === undefined) {
    console.error('Set COUNTERSIGN_OWNER_DATABASE_URL to the database as countersign_owner.');
    return 2;
  }
  const ownerUrl = withDatabasePassword(address, passwordOf(env), env);
  const applied = await migrateDatabase({
    ownerUrl,
    ...(superuserUrl === undefined ? {} : { superuserUrl }),
  });
  console.log(applied.length === 0 ? 'Nothing to apply.' : `Applied ${applied.join(', ')}.`);
  return 0;
}

function passwordOf(env: NodeJS.ProcessEnv) {
  const file = env['COUNTERSIGN_OWNER_PASSWORD_FILE'];
  const credential = env['COUNTERSIGN_OWNER_PASSWORD_CREDENTIAL'];
  if (file === undefined && credential === undefined) return undefined;
  return databasePasswordSchema(pathsAsWritten).parse(file === undefined ? { credential } : { file });
}
