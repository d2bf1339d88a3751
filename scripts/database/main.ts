/** Brings the database to the state of this version: `npm run db:migrate`, as one built file. scripts/migrate.ts does the same, and more. */
import { isError } from '#core/error/index.ts';
import { ConfigurationError } from '../../lib/host/configuration/index.ts';
import { applyFromEnvironment } from './apply.ts';
import { MigrationBlocked } from './blocked.ts';

const usage = 'usage: COUNTERSIGN_OWNER_DATABASE_URL=postgresql://… migrate';

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    const help = args.length === 1 && (args[0] === '--help' || args[0] === '-h');
    (help ? console.log : console.error)(usage);
    return help ? 0 : 2;
  }
  return applyFromEnvironment(process.env);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isError(error, MigrationBlocked) && !isError(error, ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
