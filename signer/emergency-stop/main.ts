/**
 * npm run emergency-stop -- --config signer.yaml, on the signer's host:
 *   … --project SLUG --reason TEXT      nothing is signed for this project
 *   … --everything --reason TEXT        nothing is signed at all
 *   … --project SLUG --lift             and again
 *   …                                   lists what is stopped
 */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { readConfig } from '../config/index.ts';
import { addStop, liftStop, readStops } from './stops.ts';

const usage =
  'usage: npm run emergency-stop -- --config FILE [--project SLUG | --everything] [--reason TEXT | --lift]';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      project: { type: 'string' },
      everything: { type: 'boolean', default: false },
      reason: { type: 'string' },
      lift: { type: 'boolean', default: false },
    },
  });
  const { project, everything, reason, lift } = values;
  const named = project !== undefined || everything;
  const contradicts =
    (project !== undefined && everything) ||
    (lift && reason !== undefined) ||
    (named ? !lift && reason === undefined : lift || reason !== undefined);
  if (values.config === undefined || contradicts) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { emergencyStops: file } = await readConfig(values.config);
  const what = project ?? 'everything';
  if (lift) {
    const lifted = await liftStop(file, project ?? null);
    process.stdout.write(lifted ? `${what}: signing goes on.\n` : `${what} was not stopped.\n`);
  } else if (named) {
    const stop = { project: project ?? null, reason: reason ?? '', at: new Date().toISOString() };
    await addStop(file, { ...stop, by: userInfo().username });
    process.stdout.write(`${what}: nothing is signed any more, requests at work included.\n`);
  } else {
    const stops = await readStops(file);
    if (stops.length === 0) process.stdout.write('Nothing is stopped.\n');
    for (const one of stops) {
      process.stdout.write(`${one.project ?? 'everything'}: since ${one.at}, by ${one.by}: ${one.reason}\n`);
    }
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`emergency-stop: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
