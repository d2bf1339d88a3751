/**
 * Makes a release: npm run package [-- --output DIR] [--uncommitted]
 * A tarball that an operator installs (docs/guides/installation.md), its bill of materials (CycloneDX), where it comes from (in-toto, SLSA)
 * and the digests. COUNTERSIGN_BUILDER_ID names the system that builds. Two runs over one commit give the same bytes.
 */
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { isError } from '#core/error/index.ts';
import { ensurePortalBuild, prepareStackPaths } from '../dev/stack/index.ts';
import { ProcessBuildError } from './processes/error.ts';
import { ensureProcesses } from './processes/ensure.ts';
import { ReleaseError } from './release/error.ts';
import { packRelease } from './release/pack.ts';
import { step } from './set-up/steps.mjs';

const usage = 'usage: npm run package [-- --output DIR] [--uncommitted]';
const root = join(import.meta.dirname, '..');

async function main(): Promise<number> {
  let values;
  try {
    const options = {
      output: { type: 'string', default: join(root, 'dist', 'release') },
      uncommitted: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    } as const;
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { output, uncommitted } = values;
  const builder = process.env['COUNTERSIGN_BUILDER_ID'] ?? null;
  try {
    await step('Building the processes', (report) => ensureProcesses(report));
    await step('Building the portal', (report) => ensurePortalBuild(prepareStackPaths(), report));
    const files = await step('Packing the release', (report) =>
      packRelease({ root, output, uncommitted, builder, report }),
    );
    for (const file of files) console.log(relative(process.cwd(), file));
    return 0;
  } catch (error) {
    if (!isError(error, ReleaseError) && !isError(error, ProcessBuildError)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
