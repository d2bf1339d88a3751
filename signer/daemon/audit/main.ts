/**
 * npm run audit:sign -- --config signer.yaml [--every SECONDS]: signs the audit exports that the portal requests, and the inspection
 * reports that the signer wrote, once or periodically. A separate program, so that its work never delays the daemon that signs files.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../ground/availability/index.ts';
import { readOptions } from '../../ground/command-line/index.ts';
import { readConfig } from '../../ground/config/index.ts';
import { openDatabase } from '../../ground/database/index.ts';
import { AuditError } from './error.ts';
import { openArtifactStore } from '../../ground/store/index.ts';
import { signReports } from '../report/index.ts';
import { portsOf, signExports } from './sign-exports.ts';

const usage = 'usage: npm run audit:sign -- --config signer.yaml [--every SECONDS]';
const secondsMax = 86_400;
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

async function main(): Promise<number> {
  const { values } = readOptions(usage, {
    options: { config: { type: 'string' }, every: { type: 'string' } },
  });
  const seconds = values.every === undefined ? null : Number(values.every);
  if (values.config === undefined || (seconds !== null && !(seconds >= 1 && seconds <= secondsMax)))
    throw new AuditError('USAGE', usage);
  const config = readConfig(values.config);
  const database = openDatabase(config.databaseUrl, () => undefined);
  try {
    const ports = await portsOf(config, database);
    const reports = { ...ports, released: openArtifactStore(config.store.released) };
    const both = async (): Promise<number> =>
      Math.max(await round(() => signExports(ports)), await roundOfReports(() => signReports(reports)));
    if (seconds === null) return await both();
    process.stdout.write('ready to sign audit exports\n');
    while (!ended.signal.aborted) {
      await both().catch((error: unknown) => {
        process.stderr.write(`audit: ${messageOf(error)}\n`);
      });
      await wait(seconds * 1000, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    return 0;
  } finally {
    await database.close();
  }
}

async function roundOfReports(sign: () => ReturnType<typeof signReports>): Promise<number> {
  const { signed, problems } = await sign();
  if (signed.length > 0) process.stdout.write(`Signed ${signed.length} inspection reports.\n`);
  for (const problem of problems) process.stderr.write(`audit: ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

async function round(sign: () => ReturnType<typeof signExports>): Promise<number> {
  const { signed, problems } = await sign();
  for (const { number, exportId } of signed)
    process.stdout.write(`Signed digest ${number}, of export ${exportId}.\n`);
  for (const problem of problems) process.stderr.write(`audit: ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`audit: ${messageOf(error)}\n`);
  process.exitCode = error instanceof AuditError && error.code === 'USAGE' ? 2 : 1;
}
