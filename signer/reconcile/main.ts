/**
 * npm run reconcile -- --config signer.yaml [--keyholder-journal FILE …] [--archive FOLDER …] [--confirm PLAN]: after a database was
 * restored from a backup, or one of the signer's own files was lost. Shows the differences; once confirmed, records
 * them in the journal, and signing resumes. With --claims-of SIGNER: releases what others wait for a lost signer for.
 */
import { userInfo } from 'node:os';
import { messageOf } from '../ground/availability/index.ts';
import { readOptions } from '../ground/command-line/index.ts';
import { readConfig, type SignerConfig } from '../ground/config/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { acceptedFileOf, readAcceptedCommit } from '../policy-source/index.ts';
import { stopFileOf } from '../rulings/emergency-stop/index.ts';
import { compareAll } from './compare.ts';
import { confirmReconciliation, holderBefore } from './confirm.ts';
import { describe, differencesOf } from './differences.ts';
import { describeClaims, findOpenClaims, releaseClaims } from './release-claims.ts';

const usage =
  'usage: npm run reconcile -- --config signer.yaml [--claims-of SIGNER] [--keyholder-journal FILE …] [--archive FOLDER …] [--confirm PLAN]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = readOptions(usage, {
    options: {
      config: { type: 'string' },
      'claims-of': { type: 'string' },
      'keyholder-journal': { type: 'string', multiple: true, default: [] },
      archive: { type: 'string', multiple: true, default: [] },
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
    const holder = values['claims-of'];
    if (holder !== undefined) {
      const { confirm = null } = values;
      const keyHolderJournals = values['keyholder-journal'];
      return await releaseOf(database, config, {
        holder,
        keyHolderJournals,
        archives: values.archive,
        confirm,
      });
    }
    const compared = await compareAll({
      database,
      anchorFile: config.journalAnchor,
      signer: config.signerId,
      keyHolderJournals: [config.keyHolder.journal, ...values['keyholder-journal']],
      archives: values.archive,
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
    const held = await findOpenClaims({
      database,
      holder: holderBefore({ signerId, compared }),
      keyHolderJournals: [config.keyHolder.journal, ...values['keyholder-journal']],
    });
    if (held.claims.length > 0) {
      for (const line of describeClaims(held)) say(line);
      say(
        `What became of them, you say: npm run reconcile -- --config ${values.config} --claims-of ${held.holder} --keyholder-journal ${config.keyHolder.journal}`,
      );
    }
    say('A signer on stand-by resumes by itself; each other signer is reconciled on its own host.');
    return 0;
  } finally {
    await database.close();
  }
}

interface Release {
  readonly holder: string;
  readonly keyHolderJournals: readonly string[];
  readonly archives: readonly string[];
  readonly confirm: string | null;
}

async function releaseOf(
  database: Database,
  { signerId }: Pick<SignerConfig, 'signerId'>,
  { holder, keyHolderJournals, archives, confirm }: Release,
): Promise<number> {
  const open = await findOpenClaims({ database, holder, keyHolderJournals, archives });
  for (const line of describeClaims(open)) say(line);
  if (open.claims.length === 0) return 0;
  if (confirm === null) {
    say(
      `Plan ${open.plan}. Nothing was changed. Start that signer again if it can be; if it is lost for good, and`,
    );
    say(
      'its keyholder’s journal too, the same command with --confirm and the plan’s number lets others sign.',
    );
    return 0;
  }
  if (confirm !== open.plan) {
    process.stderr.write(`The plan is ${open.plan} now, not ${confirm}: read it, then confirm that one.\n`);
    return 1;
  }
  const entry = await releaseClaims(database, open, { signerId, by: userInfo().username, now: new Date() });
  say(`Entry ${entry} says what was released. Other signers go on within half a minute.`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`reconcile: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
