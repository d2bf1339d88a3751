/**
 * Compares the packages in the signing processes with the reviewed list, docs/reference/packages-in-what-signs.json:
 *   node scripts/check-packages.ts             fails where they differ, and says what to review
 *   node scripts/check-packages.ts --accept    writes down what is there now; reasons for new packages are yours to write
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { distFolder, projectRoot } from './processes/built.ts';
import { ensureProcesses } from './processes/ensure.ts';
import { contentsSchema } from './processes/contents.ts';
import { signing } from './processes/list.ts';
import { accepted, differences, heldPackages, reviewedSchema } from './processes/review.ts';
import { step } from './set-up/steps.mjs';

const file = 'docs/reference/packages-in-what-signs.json';
const usage = 'usage: npm run check:packages -- [--accept]';
const options = { accept: { type: 'boolean', default: false }, help: { type: 'boolean' } } as const;

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  await step('Building what has changed', (report) => ensureProcesses(report));
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const held = heldPackages(
    signing.map((name) => contentsSchema.parse(read(join(distFolder, `${name}.packages.json`)))),
  );
  const target = join(projectRoot, file);
  const reviewed = reviewedSchema.parse(read(target));
  if (values.accept) {
    const text = JSON.stringify(accepted(held, reviewed), null, 2);
    writeFileSync(target, await format(text, { ...(await resolveConfig(target)), parser: 'json' }));
    console.log(`${file} says what is there now. Read the difference, and give each new package its reason.`);
    return 0;
  }
  const found = differences(held, reviewed);
  if (found.length === 0) {
    console.log(`${Object.keys(held).length} packages in ${signing.length} processes, as reviewed.`);
    return 0;
  }
  console.error(`What signs holds other packages than were reviewed (${file}):\n`);
  for (const one of found) console.error(`  ${one}`);
  console.error(
    `\nRead what each of them does and what changed in it. Is it needed there? Then: npm run check:packages -- --accept,\n` +
      `write the reason (“why”) of each new package, and have the change to ${file} reviewed.`,
  );
  return 1;
}

process.exitCode = await main();
