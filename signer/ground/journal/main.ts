/**
 * `npm run journal:verify -- --config signer.yaml`: verifies the whole journal, in ranges, one process for each core; with `--digest FILE --key FILE` from the end of a
 * signed digest of an audit export on, signed by the key whose line is in FILE. With `--keyholder-journal FILE [--archive FOLDER …]`:
 * every record of a keyholder's journal, of its segments, and that their indexes lead to all of them.
 */
import { readFileSync } from 'node:fs';
import { messageOf } from '../availability/index.ts';
import { readOptions } from '../command-line/index.ts';
import { readConfig } from '../config/index.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { KeyHolderError, verifySegments } from '../../keyholder/index.ts';
import {
  checkpointOf,
  rangesAfter,
  verifyRange,
  verifyRanges,
  writeVerdict,
  type Checkpoint,
} from './verify-ranges.ts';

const usage =
  'usage: npm run journal:verify -- --config FILE [--digest FILE --key FILE]\n       npm run journal:verify -- --keyholder-journal FILE [--archive FOLDER …]';
const { values } = readOptions(usage, {
  options: {
    config: { type: 'string' },
    digest: { type: 'string' },
    key: { type: 'string' },
    range: { type: 'string' },
    'keyholder-journal': { type: 'string' },
    archive: { type: 'string', multiple: true, default: [] },
  },
});
const readText = (file: string): string => readFileSync(file, 'utf8');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const keyHolderJournal = values['keyholder-journal'];
  if (keyHolderJournal !== undefined) return verifyKeyHolder(keyHolderJournal);
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { digest, key, range } = values;
  if ((digest === undefined) !== (key === undefined)) {
    process.stderr.write(`--digest and --key belong together.\n${usage}\n`);
    return 2;
  }
  const from = digest === undefined ? null : checkpointOf(readText(digest), readText(key ?? '').trim());
  const { databaseUrl } = readConfig(values.config);
  const database = openDatabase(databaseUrl, () => undefined);
  try {
    return range === undefined
      ? await verifyAll(database, values.config, from)
      : await verifyOne(database, range);
  } finally {
    await database.close();
  }
}

/** For the process that started this one. */
async function verifyOne(database: Database, range: string): Promise<number> {
  const [, after = '', last = ''] = /^(\d{1,19})-(\d{1,19})$/.exec(range) ?? [];
  if (last === '') throw new Error(`${range} is no range`);
  say(writeVerdict(await verifyRange(database, { after: BigInt(after), last: BigInt(last) })));
  return 0;
}

async function verifyAll(database: Database, config: string, from: Checkpoint | null): Promise<number> {
  const start = from?.seq ?? 0n;
  // The entry at the checkpoint itself is the one that was signed.
  const known = await verifyRange(database, { after: start, last: start }, from?.head);
  const ranges = await rangesAfter(database, start);
  const program = [...process.execArgv, ...process.argv.slice(1, 2), '--config', config];
  const verdict = known.intact && ranges.length > 0 ? await verifyRanges(ranges, program) : known;
  if (verdict.intact) {
    const since = from === null ? '' : ` since entry ${start}`;
    say(
      `The journal is intact${since}: ${BigInt(verdict.entries) - start} entries, the last one's hash is ${verdict.head}.`,
    );
    return 0;
  }
  say(`The journal is BROKEN at entry ${verdict.seq}: ${verdict.problem}.`);
  return 1;
}

async function verifyKeyHolder(file: string): Promise<number> {
  try {
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
