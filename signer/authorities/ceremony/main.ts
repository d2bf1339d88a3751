/**
 * npm run ceremony -- hold --config ceremony.yaml [--confirm PLAN]: shows what would be made, then makes it.
 * npm run ceremony -- import --config ceremony.yaml --certificate FILE: imports a certificate of a public CA.
 * npm run ceremony -- rewrap --config ceremony.yaml [--confirm yes]: has another wrapping key wrap the keys that are kept as files, and afterwards
 * removes the earlier files.
 * npm run ceremony -- blobs --config ceremony.yaml [--backup FOLDER | --restore FOLDER]: checks, copies and restores those files.
 * npm run ceremony -- verify FILE.note [--key FILE.vkey] [--signature FILE.sig …]: shows who signed a transcript.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { parseArgs } from 'node:util';
import { readOptions } from '../../ground/command-line/index.ts';
import { CeremonyError, readCeremonyConfig } from '../ceremony-config/index.ts';
import { importCertificate } from './import-certificate.ts';
import { logKeyFileName } from './log-key.ts';
import { planDigest, planLines } from './plan-digest.ts';
import { confirmRewrapped, rewrapKeys } from './rewrap-keys.ts';
import { runCeremony } from './run-ceremony.ts';
import { transcriptFileName, verifyTranscript, witnessNamespace } from './transcript-note.ts';
import { backUpWrappedFiles, checkWrappedFiles, restoreWrappedFiles } from './wrapped-backup.ts';

const usage = [
  'usage: npm run ceremony -- hold   --config ceremony.yaml [--dry-run | --confirm PLAN]',
  '       npm run ceremony -- import --config ceremony.yaml --certificate FILE',
  '       npm run ceremony -- rewrap --config ceremony.yaml [--confirm yes]',
  '       npm run ceremony -- blobs  --config ceremony.yaml [--backup FOLDER | --restore FOLDER]',
  '       npm run ceremony -- verify FILE.note [--key FILE.vkey] [--signature FILE.sig …]',
].join('\n');

const options = {
  config: { type: 'string' },
  confirm: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  certificate: { type: 'string' },
  backup: { type: 'string' },
  restore: { type: 'string' },
  key: { type: 'string' },
  signature: { type: 'string', multiple: true, default: [] as string[] },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = readOptions(usage, { options, allowPositionals: true });
  const [command, file, ...more] = positionals;
  if (command === 'hold' && values.config !== undefined && file === undefined)
    return hold(values.config, values);
  if (command === 'import' && values.config !== undefined && values.certificate !== undefined) {
    return takeOver(values.config, values.certificate);
  }
  if (command === 'rewrap' && values.config !== undefined && file === undefined)
    return rewrap(values.config, values.confirm);
  if (command === 'blobs' && values.config !== undefined && file === undefined)
    return blobs(values.config, values);
  if (command === 'verify' && file !== undefined && more.length === 0) return verify(file, values);
  process.stderr.write(`${usage}\n`);
  return 2;
}

async function hold(configFile: string, values: Values): Promise<number> {
  const config = readCeremonyConfig(configFile);
  const dryRun = await runCeremony({ config, dryRun: true });
  const digest = planDigest(dryRun, config);
  say(`${config.foundation.name}: plan ${digest}`);
  for (const line of planLines(dryRun)) say(line);
  const confirmed = values['dry-run'] ? null : (values.confirm ?? (await askForPlan(digest)));
  if (confirmed === null) {
    say(`Nothing was made. To make it: npm run ceremony -- hold --config ${configFile} --confirm ${digest}`);
    return 0;
  }
  if (confirmed !== digest) {
    process.stderr.write(`The plan is ${digest} now, not ${confirmed}: read it, then confirm that one.\n`);
    return 1;
  }
  const transcript = await runCeremony({ config, onProgress: say });
  const fileName = join(config.keysDirectory, transcriptFileName(transcript));
  const { keys, logKey } = transcript;
  if (logKey.key === 'kept' && keys.every(({ certificate }) => certificate === 'kept')) {
    say('Every key and certificate was there already.');
    return 0;
  }
  say(`Transcript, signed by ${transcript.logKey.verifierKey ?? ''}: ${fileName}`);
  if (transcript.witnesses.length > 0) {
    say(`Each of ${transcript.witnesses.map(({ name }) => name).join(', ')} signs it:`);
    say(`  ssh-keygen -Y sign -n ${witnessNamespace} -f KEY < ${fileName} > NAME.sig`);
  }
  for (const { label } of transcript.keys.filter(({ certificate }) => certificate === 'requested')) {
    say(
      `Have the public CA sign ${join(config.keysDirectory, `${label}.csr`)}, then import the certificate with`,
    );
    say(`  npm run ceremony -- import --config ${configFile} --certificate FILE`);
  }
  return 0;
}

/** Null where there is no terminal to ask on. */
async function askForPlan(digest: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await prompt.question(`Type ${digest} to hold the ceremony: `)).trim();
  } finally {
    prompt.close();
  }
}

async function takeOver(configFile: string, certificateFile: string): Promise<number> {
  const config = readCeremonyConfig(configFile);
  const transcript = await importCertificate({ config, pem: await readFile(certificateFile, 'utf8') });
  for (const { label, issued } of transcript.keys)
    say(`${label}: ${issued?.subject ?? ''}, until ${issued?.notAfter.slice(0, 10) ?? ''}, imported`);
  return 0;
}

async function rewrap(configFile: string, confirmed: string | undefined): Promise<number> {
  const config = readCeremonyConfig(configFile);
  if (confirmed !== undefined && confirmed !== 'yes') {
    process.stderr.write(`--confirm is yes, which removes the earlier files, or left out\n${usage}\n`);
    return 2;
  }
  if (confirmed !== undefined) {
    const removed = await confirmRewrapped({ config, onProgress: say });
    say(removed.length === 0 ? 'No files wait for a confirmation.' : `${removed.length} keys are confirmed.`);
    return 0;
  }
  const made = await rewrapKeys({ config, onProgress: say });
  if (made.length === 0) say('Every wrapped key is wrapped by the configured key already.');
  else {
    say(
      `${made.length} keys have new files, and the earlier files are kept. Back the new ones up, let the signer sign with one, then:`,
    );
    say(`npm run ceremony -- rewrap --config ${configFile} --confirm yes`);
  }
  return 0;
}

async function blobs(configFile: string, { backup, restore }: Values): Promise<number> {
  const { keysDirectory } = readCeremonyConfig(configFile);
  if (restore !== undefined) {
    for (const file of await restoreWrappedFiles(keysDirectory, restore)) say(`${file}: restored`);
  }
  const states = await checkWrappedFiles(keysDirectory);
  const bad = states.filter(({ problem }) => problem !== null);
  for (const { label, file, problem } of bad) say(`${label}: ${file}: ${problem ?? ''}`);
  say(`${states.length - bad.length} of ${states.length} files are as the registry names them`);
  if (backup !== undefined)
    say(`${await backUpWrappedFiles(keysDirectory, backup)} files copied to ${backup}`);
  return bad.length === 0 ? 0 : 1;
}

async function verify(file: string, values: Values): Promise<number> {
  const keyFile = values.key ?? join(dirname(file), logKeyFileName);
  const [note, key] = [await readFile(file, 'utf8'), await readFile(keyFile, 'utf8')];
  const signatures = await Promise.all(values.signature.map((file) => readFile(file, 'utf8')));
  const verified = verifyTranscript(note, key, signatures);
  say(`${verified.foundation}, ${verified.at}: signed by the log ${verified.signedBy.name}`);
  say(`made: ${verified.made.join(', ') || 'nothing'}`);
  for (const { name, problem } of verified.witnesses) say(`witness ${name}: ${problem ?? 'has signed'}`);
  return verified.witnesses.some(({ problem }) => problem !== null) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const code = error instanceof CeremonyError ? ` (${error.code})` : '';
  process.stderr.write(`ceremony: ${error instanceof Error ? error.message : String(error)}${code}\n`);
  process.exitCode = 1;
}
