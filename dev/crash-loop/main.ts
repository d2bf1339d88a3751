/**
 * npm run crash-loop -- --rounds 500 [--seed N] [--in-flight 20] [--without portal]: a whole foundation with two signers, in which portal,
 * signers, keyholders, inspectors and PostgreSQL are killed by chance. Counts what is signed and unlogged, doubled, stuck or broken; exits 1
 * where anything is.
 */
import { randomInt } from 'node:crypto';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { TwoSigners } from '../test/system/two-signers.ts';
import { crashLoop, describeCount } from './loop.ts';
import { victims, type Victim } from './victims.ts';

const usage = `usage: npm run crash-loop -- --rounds NUMBER [--seed NUMBER] [--in-flight NUMBER] [--without VICTIM …]
  --rounds     how often something is killed
  --seed       what is killed when is drawn from it (another one each time)
  --in-flight  requests that are open at a time (20)
  --without    what isn't killed, and for the portal: isn't started: ${victims.join('; ')}`;
const { values } = readOptions(usage, {
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    'in-flight': { type: 'string', default: '20' },
    without: { type: 'string', multiple: true, default: [] },
  },
});
const [rounds, seed, inFlight] = [Number(values.rounds), Number(values.seed), Number(values['in-flight'])];
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
const without = new Set<string>(values.without);
const among = victims.filter((victim: Victim) => !without.delete(victim));
if (!isCount(rounds) || !isCount(inFlight) || !Number.isSafeInteger(seed) || without.size > 0) {
  console.error(usage);
  process.exit(2);
}
const say = (line: string): void => console.log(line);

say(`seed ${seed}`);
const both = await TwoSigners.start();
try {
  const result = await crashLoop(both, { rounds, seed, inFlight, among, countEvery: 25, say });
  say(`${result.rounds} rounds, seed ${seed}: ${result.asked} asked, ${describeCount(result)}`);
  for (const [victim, times] of Object.entries(result.kills)) say(`  ${victim}: ${times} times`);
  for (const fault of result.faults) say(`  ${fault}`);
  if (result.faults.length > 0) process.exitCode = 1;
} finally {
  await both.stop();
}
