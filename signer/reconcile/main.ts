/**
 * npm run reconcile -- --config signer.yaml [--keyholder-journal FILE …] [--confirm PLAN]: after a database was
 * restored from a backup, or one of the signer's own files was lost. Shows the differences; once confirmed, records
 * them in the journal, and signing resumes.
 */
import { userInfo } from 'node:os';
import { messageOf } from '../ground/availability/index.ts';
import { readOptions } from '../ground/command-line/index.ts';
import { readConfig } from '../ground/config/index.ts';
import { openDatabase } from '../ground/database/index.ts';
import { acceptedFileOf, readAcceptedCommit } from '../policy-source/index.ts';
import { stopFileOf } from '../rulings/emergency-stop/index.ts';
import { compareAll } from './compare.ts';
import { confirmReconciliation } from './confirm.ts';
import { describe, differencesOf } from './differences.ts';

const usage =
  'usage: npm run reconcile -- --config signer.yaml [--keyholder-journal FILE …] [--confirm PLAN]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = readOptions(usage, {
    options: {
      config: { type: 'string' },
      'keyholder-journal': { type: 'string', multiple: true, default: [] },
      confirm: { type: 'string' },
    },
  });
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const config = readConfig(values.config);
  const database = openDatabase(config.databaseUrl, () => undefined);
  try {
    const compared = await compareAll({
      database,
      anchorFile: config.journalAnchor,
      keyHolderJournals: [config.keyHolder.journal, ...values['keyholder-journal']],
      releaseStore: config.store.released,
      accepted: {
        file: acceptedFileOf(config.policyRepository),
        read: () => readAcceptedCommit(config.policyRepository),
      },
      stops: stopFileOf(config),
    });
    for (const line of describe(compared)) say(line);
    const { plan, newest } = compared;
    if (differencesOf(compared).length === 0) {
      say(`Nothing is to be reconciled: the journal is whole up to entry ${newest?.seq ?? '0'}.`);
      return 0;
    }
    if (values.confirm === undefined) {
      say(`Plan ${plan}. Nothing was changed, and nothing is signed. If no newer backup can be had,`);
      say(`continue with what is there: npm run reconcile -- --config ${values.config} --confirm ${plan}`);
      return 0;
    }
    if (values.confirm !== plan) {
      process.stderr.write(
        `The plan is ${plan} now, not ${values.confirm}: read it, then confirm that one.\n`,
      );
      return 1;
    }
    const { signerId, journalAnchor } = config;
    const entry = await confirmReconciliation({
      database,
      compared,
      anchorFile: journalAnchor,
      signerId,
      by: userInfo().username,
      now: new Date(),
    });
    const { length } = compared.unknownSignatures;
    say(
      `Entry ${entry} says what was lost${length === 0 ? '' : `, and ${length} more which signatures were made`}.`,
    );
    say('A signer on stand-by resumes by itself; each other signer is reconciled on its own host.');
    return 0;
  } finally {
    await database.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`reconcile: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
