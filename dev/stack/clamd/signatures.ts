import { lookup } from 'node:dns/promises';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackPaths } from '../paths.ts';
import { findProgram } from '../process/run.ts';
import { startProcess } from '../process/supervise.ts';
import type { ServiceUser } from '../process/service-user.ts';

export type SignatureDatabase = 'official' | 'test-only';

const mirror = 'database.clamav.net';
const downloadSecondsMax = 600;
const freshForHours = 12;

/** The harmless file every scanner calls a virus (EICAR, 68 bytes), in two pieces so that this file isn't one. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** One extended signature (.ndb: name, any file type, offset 0, content in hex) that knows the EICAR file. */
export function writeTestSignature(folder: string): void {
  const hex = Buffer.from(eicar, 'ascii').toString('hex');
  writeFileSync(join(folder, 'countersign-test.ndb'), `Eicar-Test-Signature:0:0:${hex}\n`);
}

function officialFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => /^(main|daily)\.(cvd|cld)$/.test(name));
}

async function mirrorHasAddress(): Promise<boolean> {
  const answer = lookup(mirror).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, sleep(3000, false, { ref: false })]);
}

/**
 * Brings the official virus database up to date where its mirror can be reached, within ten minutes; keeps what is
 * there otherwise. → which database the folder holds now.
 */
export async function updateSignatures(
  paths: StackPaths,
  folder: string,
  user: ServiceUser | null,
  report: (message: string) => void,
): Promise<SignatureDatabase> {
  const held = (): SignatureDatabase => (officialFiles(folder).length > 0 ? 'official' : 'test-only');
  const newest = Math.max(0, ...officialFiles(folder).map((name) => statSync(join(folder, name)).mtimeMs));
  if (Date.now() - newest < freshForHours * 3_600_000) return held();
  const freshclam = findProgram('freshclam');
  if (freshclam === null || !(await mirrorHasAddress())) return held();

  const configFile = join(folder, '..', 'freshclam.conf');
  const lines = [
    `DatabaseDirectory ${folder}`,
    `DatabaseMirror ${mirror}`,
    'MaxAttempts 2',
    'ConnectTimeout 10',
  ];
  if (user !== null) lines.push(`DatabaseOwner ${user.name}`);
  writeFileSync(configFile, `${lines.join('\n')}\n`);
  const download = await startProcess({
    name: 'freshclam',
    command: freshclam,
    args: [`--config-file=${configFile}`, '--stdout', '--no-warnings'],
    pidFile: join(paths.pids, 'freshclam.json'),
    logFile: join(paths.logs, 'freshclam.log'),
  });
  const startedAt = Date.now();
  while (!download.ended() && Date.now() - startedAt < downloadSecondsMax * 1000) {
    report(`virus database: ${Math.round(folderSizeBytes(folder) / 1_000_000)} MB downloaded`);
    await sleep(1000);
  }
  await download.stop();
  return held();
}

function folderSizeBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}
