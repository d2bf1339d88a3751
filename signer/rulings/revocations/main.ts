/**
 * npm run revocations:rebuild -- --config signer.yaml [--list FILE …] [--confirm PLAN]: rebuilds a damaged register
 * from its remains, the journal, the accepted policy and published lists. First shows what it would write.
 */
import { copyFile, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { certificateFromPem, serialOf } from '#core/pki/x509/index.ts';
import { messageOf } from '../../ground/availability/index.ts';
import { readOptions } from '../../ground/command-line/index.ts';
import { readConfig, type SignerConfig } from '../../ground/config/index.ts';
import { openDatabase } from '../../ground/database/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { readAcceptedSnapshot } from '../../policy-source/index.ts';
import { openKeyRing } from '../trust/index.ts';
import { readJournalled, type Journalled } from './journalled.ts';
import { listFilesBeside, readListFile } from './published.ts';
import { rebuildRegister, type Sources } from './rebuild.ts';
import type { Revocations } from './revocations.ts';
import { readRegister, RegisterError, registerText } from './wire.ts';

const usage =
  'usage: npm run revocations:rebuild -- --config signer.yaml [--list FILE …] [--issuer FILE] [--confirm PLAN]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = readOptions(usage, {
    options: {
      config: { type: 'string' },
      list: { type: 'string', multiple: true, default: [] },
      issuer: { type: 'string' },
      confirm: { type: 'string' },
    },
  });
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const config = readConfig(values.config);
  const { revocationRegister: file } = config;
  const { entries } = await journalOf(config);
  const sources: Sources = {
    register: await whatIsLeft(file),
    journal: entries,
    policy: await readAcceptedSnapshot(config.policyRepository).catch((error: unknown) => {
      say(`policy: it can’t be read, the signer adds what it says at its next start: ${messageOf(error)}`);
      return null;
    }),
    lists: await listsOf(config, values),
    owners: await ownersOf(config),
    now: new Date(),
  };
  say(`journal: ${entries.length} entries of revocations`);
  if (sources.policy !== null)
    say(`policy ${sources.policy.commit.slice(0, 12)}: ${sources.policy.revocations.size} revocations`);
  for (const { name, list } of sources.lists) say(`${name}, list ${list.number}: ${list.revoked.size}`);
  const { revocations, changes, plan } = rebuildRegister(sources);
  for (const { revocation, sources: from } of changes) {
    const { serial, project, certificate, reason, effectiveAt } = revocation;
    say(
      `  + ${serial}  ${project}/${certificate}, as of ${effectiveAt.toISOString()}, ${reason}; from ${from.join(', ')}`,
    );
  }
  if (sources.register !== null && changes.length === 0) {
    say(`Nothing is missing: ${file} holds all ${revocations.length} revocations.`);
    return 0;
  }
  say(`Plan ${plan}: ${file} with ${revocations.length} revocations.`);
  if (values.confirm === undefined) {
    say(`Nothing was written. To write it, stop this host’s signer and add --confirm ${plan}`);
    return 0;
  }
  if (values.confirm !== plan) {
    process.stderr.write(`The plan is ${plan} now, not ${values.confirm}: read it, then confirm that one.\n`);
    return 1;
  }
  // The old file is kept, for finding out what happened to it.
  const aside = `${file}.before-${plan}`;
  const kept = await copyFile(file, aside).then(
    () => true,
    () => false,
  );
  await replaceFile(file, registerText(revocations), 0o644);
  say(`${file} is written.${kept ? ` What was there is ${aside}.` : ''} Start the signer again.`);
  return 0;
}

async function whatIsLeft(file: string): Promise<Revocations | null> {
  try {
    const register = await readRegister(file);
    say(`register ${file}: ${register.size} revocations`);
    return register;
  } catch (error) {
    if (!(error instanceof RegisterError)) throw error;
    say(`register ${file}: ${error.code === 'REVOCATION_REGISTER_MISSING' ? 'isn’t there' : 'is none'}`);
    return null;
  }
}

async function journalOf({ databaseUrl }: SignerConfig): Promise<Journalled> {
  const database = openDatabase(databaseUrl, () => undefined);
  try {
    return await readJournalled(database, 0n);
  } finally {
    await database.close();
  }
}

/** The configured list with its parts, and further lists, each signed by the issuing CA. */
async function listsOf(
  config: SignerConfig,
  {
    list: more,
    issuer: issuerFile,
  }: { readonly list: readonly string[]; readonly issuer?: string | undefined },
): Promise<Sources['lists']> {
  const { revocationList } = config;
  const files = [
    ...(revocationList === undefined ? [] : await listFilesBeside(revocationList.file)),
    ...more,
  ];
  const pem = issuerFile ?? revocationList?.issuer;
  if (files.length === 0) return [];
  if (pem === undefined) throw new TypeError('--list needs --issuer, the issuing CA’s certificate as PEM');
  const issuer = certificateFromPem(await readFile(pem, 'utf8'));
  const lists: Sources['lists'][number][] = [];
  for (const file of files) {
    try {
      lists.push({ name: basename(file), list: await readListFile(file, issuer) });
    } catch (error) {
      // Those named on the command line are expected to be valid.
      if (more.includes(file)) throw error;
      say(`${file} is left out: ${messageOf(error)}`);
    }
  }
  return lists;
}

async function ownersOf({ keyHolder }: SignerConfig): Promise<Sources['owners']> {
  const ring = await openKeyRing(keyHolder.registry);
  return new Map(
    ring
      .current()
      .map(({ entry, certificate }) => [
        serialOf(certificate),
        { project: entry.project ?? 'not-recorded', certificate: entry.name ?? entry.label },
      ]),
  );
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`revocations: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
