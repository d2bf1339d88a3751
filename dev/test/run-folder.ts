import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { stopRecordedProcess } from '../stack/process/supervise.ts';
import { prepareStackPaths, processIdentity, removeServiceFolder, type StackPaths } from '../stack/index.ts';

const runnerSchema = z.object({ pid: z.int(), identity: z.string().nullable() });

/** Every run has a folder of its own, so that several can go on beside one another and beside the demo. */
const runs = join(tmpdir(), 'countersign-test-runs');

/** A folder for one run of tests; also ends and removes what killed runs left behind. */
export async function openRunFolder(): Promise<StackPaths> {
  mkdirSync(runs, { recursive: true, mode: 0o711 });
  await removeAbandonedRuns();
  const paths = prepareStackPaths(mkdtempSync(join(runs, 'run-')));
  const runner = { pid: process.pid, identity: await processIdentity(process.pid) };
  writeFileSync(join(paths.state, 'runner.json'), JSON.stringify(runner));
  return paths;
}

/** Removes a run's folder, and what its services keep elsewhere. Its processes have ended. */
export function removeRunFolder(state: string): void {
  for (const service of ['postgres', 'clamav', 'object-storage']) removeServiceFolder(join(state, service));
  rmSync(state, { recursive: true, force: true });
}

async function removeAbandonedRuns(): Promise<void> {
  for (const name of readdirSync(runs)) {
    const state = join(runs, name);
    const runnerFile = join(state, 'runner.json');
    // A run that has only just begun hasn't written the file yet.
    if (!existsSync(runnerFile)) continue;
    const runner = runnerSchema.parse(JSON.parse(readFileSync(runnerFile, 'utf8')));
    if ((await processIdentity(runner.pid)) === runner.identity) continue;
    const pids = join(state, 'pids');
    for (const file of existsSync(pids) ? readdirSync(pids) : []) await stopRecordedProcess(join(pids, file));
    removeRunFolder(state);
  }
}
