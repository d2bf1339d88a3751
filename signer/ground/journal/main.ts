/** `npm run journal:verify -- --config signer.yaml`: walks the whole journal and verifies the chain. */
import { readOptions } from '../command-line/index.ts';
import { readConfig } from '../config/index.ts';
import { openDatabase } from '../database/index.ts';
import { verifyJournal } from './index.ts';

const usage = 'usage: npm run journal:verify -- --config FILE';
const { values } = readOptions(usage, { options: { config: { type: 'string' } } });

async function main(): Promise<number> {
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { databaseUrl } = readConfig(values.config);
  const database = openDatabase(databaseUrl, () => undefined);
  try {
    const verdict = await verifyJournal(database);
    if (verdict.intact) {
      process.stdout.write(
        `The journal is intact: ${verdict.entries} entries, the last one's hash is ${verdict.head}.\n`,
      );
      return 0;
    }
    process.stdout.write(`The journal is BROKEN at entry ${verdict.seq}: ${verdict.problem}.\n`);
    return 1;
  } finally {
    await database.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  // Neither intact nor broken: it could not be verified.
  process.stderr.write(`journal: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
