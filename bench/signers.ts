/**
 * `npm run bench:signers -- [--requests N] [--rounds N]`: the same queue of small requests with one signer and with two, which share it;
 * on a foundation of its own. Says the ratio, who did how much, and the passes of the request with most: each of these needs one.
 */
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../signer/ground/command-line/index.ts';
import { distFolder } from '../scripts/processes/built.ts';
import { cases } from './sign/cases.ts';
import { BenchFoundation, type SignedRun } from './sign/foundation.ts';

const usage = 'usage: npm run bench:signers -- [--requests N] [--rounds N]';
const { values } = readOptions(usage, {
  options: { requests: { type: 'string', default: '60' }, rounds: { type: 'string', default: '3' } },
});
const [requests, rounds] = [Number(values.requests), Number(values.rounds)];
const queue = cases['queue-100'];
if (queue === undefined || !(requests >= 1 && requests <= 100) || !(rounds >= 1)) throw new RangeError(usage);

const foundation = await BenchFoundation.start(queue.largestBytes);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void foundation.stop().finally(() => process.exit(1)));

/** The fastest of the rounds. */
async function measure(files: readonly string[], name: string): Promise<SignedRun> {
  let best: SignedRun | null = null;
  for (let round = 0; round < rounds; round += 1) {
    const run = await foundation.sign(files, 'bench-program');
    const { passesMax, by } = await foundation.shared(run.ids);
    const perSecond = (files.length / run.wallSeconds).toFixed(2);
    console.log(
      `${name}: ${files.length} requests in ${run.wallSeconds.toFixed(1)} s (${perSecond}/s), signed by each: ${by.join(', ')}; most passes of one: ${passesMax}; load ${loadavg()[0]?.toFixed(1)}`,
    );
    if (best === null || run.wallSeconds < best.wallSeconds) best = run;
  }
  if (best === null) throw new RangeError(usage);
  return best;
}

try {
  const files = (await queue.make(join(foundation.folder, 'input'))).slice(0, requests);
  await foundation.use(distFolder);
  const alone = await measure(files, 'one signer');
  await foundation.addSigner(distFolder, 'signer-two');
  // Its scanner is tried out first.
  await foundation.sign(files.slice(0, 8), 'bench-program');
  const both = await measure(files, 'two signers');
  console.log(
    `two signers are ${(alone.wallSeconds / both.wallSeconds).toFixed(2)} times as fast as one, on ${availableParallelism()} cores`,
  );
} finally {
  await foundation.stop();
}
