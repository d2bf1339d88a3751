/** Builds every process into a folder. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../set-up/lock.mjs';
import { buildProcess } from './build.ts';
import { distFolder, isBuilt, projectRoot, recordFile, sha256Of, type BuildRecord } from './built.ts';
import { processes, processNames } from './list.ts';
import { fromSources } from './program.ts';

/** Whatever else decides over the built bytes. */
const alwaysInputs = [
  'package-lock.json',
  'package.json',
  ...['build', 'contents', 'ensure', 'list'].map((name) => `scripts/processes/${name}.ts`),
];

/** Builds every process into `folder`. What runs from there meanwhile goes on: each file is replaced as a whole. */
export async function buildProcesses(
  folder: string,
  report: (message: string) => void = () => undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const aside = await mkdtemp(join(folder, '.building-'));
  try {
    const inputs = new Set<string>(alwaysInputs);
    const built: Record<string, string> = {};
    for (const [index, name] of processNames.entries()) {
      report(`${name} (${index + 1} of ${processNames.length})`);
      const one = await buildProcess(name, processes[name], aside);
      for (const file of one.inputs) inputs.add(file);
      built[name] = one.sha256;
    }
    // Node.js asks here whether .js files are modules.
    await writeFile(join(aside, 'package.json'), '{ "type": "module" }\n');
    const record: BuildRecord = {
      inputs: Object.fromEntries(
        [...inputs].sort().map((file) => [file, sha256Of(join(projectRoot, file)) ?? '']),
      ),
      built,
    };
    // Without a record, nothing counts as built.
    await rm(join(folder, recordFile), { force: true });
    for (const file of await readdir(aside)) await rename(join(aside, file), join(folder, file));
    const whole = join(folder, `.${recordFile}`);
    await writeFile(whole, `${JSON.stringify(record, null, 2)}\n`);
    await rename(whole, join(folder, recordFile));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Builds the processes into dist/ where it doesn’t hold what the sources say now, unless the sources are to run. One at a time: others wait for it. */
export async function ensureProcesses(report?: (message: string) => void): Promise<void> {
  if (fromSources || isBuilt()) return;
  await withLock(join(projectRoot, '.countersign', 'processes.lock'), async () => {
    if (!isBuilt()) await buildProcesses(distFolder, report);
  });
}
