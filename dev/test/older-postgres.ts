/**
 * Runs tests of the database on a PostgreSQL of Debian's instead of the newest: npm run test:postgres -- VERSION [--short] [PATH …]
 *   npm run test:postgres -- 15            every test that needs a database alone
 *   npm run test:postgres -- 15 --short    roles, migrations, and what differs between versions
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isError } from '#core/error/index.ts';
import { pinnedNode, projectDirectory } from '../stack/index.ts';
import { postgresBinaries, postgresVersionVariable } from '../stack/postgres/binaries.ts';
import { StackError } from '../stack/error.ts';
import { startedServicesVariable } from './global-setup.ts';

const usage = 'usage: npm run test:postgres -- VERSION [--short] [PATH …]';

/** Rights, migrations under the oldest roles, the texts that may be no JSON, sessions that are ended, locks. */
const short = [
  'dev/stack/postgres/roles.db.test.ts',
  'scripts/database/',
  'lib/audit-records/audit-records.db.test.ts',
  'lib/requests/read-step.db.test.ts',
  'signer/daemon/session-guard/',
];

function runVitest(version: string, paths: readonly string[]): Promise<number> {
  const { [startedServicesVariable]: _services, ...env } = process.env;
  // Of a run of tests that this one is a part of.
  for (const name of Object.keys(env)) if (name.startsWith('VITEST')) Reflect.deleteProperty(env, name);
  const vitest = join(projectDirectory, 'node_modules/vitest/vitest.mjs');
  const child = spawn(pinnedNode, [vitest, 'run', '--project', 'integration', ...paths], {
    stdio: 'inherit',
    cwd: projectDirectory,
    env: { ...env, [postgresVersionVariable]: version },
  });
  process.once('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

async function main(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { short: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (parsed.values.help === true) {
    console.log(usage);
    return 0;
  }
  const [version, ...paths] = parsed.positionals;
  if (version === undefined) {
    console.error(usage);
    return 2;
  }
  try {
    postgresBinaries(null, version);
  } catch (error) {
    if (!isError(error, StackError)) throw error;
    console.error(error.message);
    return 1;
  }
  const chosen = [...(parsed.values.short === true ? short : []), ...paths];
  return runVitest(version, chosen.length > 0 ? chosen : ['.db.test.ts']);
}

process.exitCode = await main();
