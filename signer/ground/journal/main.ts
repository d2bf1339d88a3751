/**
 * `npm run journal:verify -- --config signer.yaml`: walks the whole journal and verifies the chain. With `--keyholder-journal FILE [--archive FOLDER …]`:
 * every record of a keyholder's journal, of its segments, and that their indexes lead to all of them.
 */
import { messageOf } from '../availability/index.ts';
import { readOptions } from '../command-line/index.ts';
import { readConfig } from '../config/index.ts';
import { openDatabase } from '../database/index.ts';
import { continueBehindSegments, KeyHolderError, verifySegments } from '../../keyholder/index.ts';
import { verifyJournal } from './index.ts';

const usage =
  'usage: npm run journal:verify -- --config FILE\n       npm run journal:verify -- --keyholder-journal FILE [--archive FOLDER …] [--continue]';
const { values } = readOptions(usage, {
  options: {
    config: { type: 'string' },
    'keyholder-journal': { type: 'string' },
    continue: { type: 'boolean', default: false },
    archive: { type: 'string', multiple: true, default: [] },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const keyHolderJournal = values['keyholder-journal'];
  if (keyHolderJournal !== undefined) return verifyKeyHolder(keyHolderJournal);
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { databaseUrl } = readConfig(values.config);
  const database = openDatabase(databaseUrl, () => undefined);
  try {
    const verdict = await verifyJournal(database);
    if (verdict.intact) {
      say(`The journal is intact: ${verdict.entries} entries, the last one's hash is ${verdict.head}.`);
      return 0;
    }
    say(`The journal is BROKEN at entry ${verdict.seq}: ${verdict.problem}.`);
    return 1;
  } finally {
    await database.close();
  }
}

async function verifyKeyHolder(file: string): Promise<number> {
  try {
    if (values.continue) {
      const number = await continueBehindSegments(file, new Date());
      if (number === null) throw new Error(`${file} is there, or there are no segments beside it`);
      say(`A new ${file} follows segment ${number}: run npm run reconcile before anything is signed.`);
    }
    const head = await verifySegments(file, {
      archives: values.archive,
      each: ({ number, first, last, from, to, signatures }, found) =>
        say(
          `Segment ${number}: records ${first} to ${last}, ${from} to ${to}, ${signatures} signatures, ${found}.`,
        ),
    });
    if (head === null) throw new Error(`there is no ${file}`);
    say(
      `The keyholder's journal is intact: ${head.sequence} records, the last one's hash is ${head.sha256}.`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof KeyHolderError) || error.code !== 'JOURNAL_TAMPERED') throw error;
    say(`The keyholder's journal is BROKEN: ${error.message}.`);
    return 1;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  // Neither intact nor broken: it could not be verified.
  process.stderr.write(`journal: ${messageOf(error)}\n`);
  process.exitCode = 2;
}
