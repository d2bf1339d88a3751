/**
 * npm run fuzz:archives -- [--count 20000] [--seed N] [--only NUMBER] [--to FOLDER]: archives drawn from a seed, each unpacked
 * by common programs and compared with what the inspector lists. Writes out what they differ about; exits 1 then. --only writes one archive
 * out and judges it alone.
 */
import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { drawArchive } from './draw.ts';
import { judge } from './judge.ts';

const batchSize = 250;

const usage = `usage: npm run fuzz:archives -- [--count NUMBER] [--seed NUMBER] [--only NUMBER] [--to FOLDER]
  --count   archives that are drawn and judged (20000)
  --seed    that they are drawn from, the same ones every time (another one each time)
  --only    one archive of the seed, by its number: written out, and judged alone
  --to      where archives go that programs differ about (${join(tmpdir(), 'countersign-fuzz-archives')})`;
const { values } = readOptions(usage, {
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string' },
    to: { type: 'string', default: join(tmpdir(), 'countersign-fuzz-archives') },
  },
});
const whole = (name: string, text: string): number => {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number, not ${text}\n${usage}`);
  process.exit(2);
};
const seed = whole('seed', values.seed);
const first = values.only === undefined ? 0 : whole('only', values.only);
const count = values.only === undefined ? whole('count', values.count) : 1;
await mkdir(values.to, { recursive: true });
console.log(`${count} archives of seed ${seed}`);

const tally = { accepted: 0, refused: 0, unpackers: 0, differing: 0 };
for (let start = first; start < first + count; start += batchSize) {
  const numbers = Array.from(
    { length: Math.min(batchSize, first + count - start) },
    (_none, at) => start + at,
  );
  const archives = await Promise.all(numbers.map((number) => drawArchive(seed, number)));
  for (const [at, { refused, differences, refusedBy }] of (await judge(archives)).entries()) {
    const archive = archives[at];
    if (archive === undefined) continue;
    if (refused === null) tally.accepted += 1;
    else tally.refused += 1;
    if (refusedBy.length > 0) tally.unpackers += 1;
    const file = join(values.to, `${seed}-${start + at}.${archive.type}`);
    if (values.only !== undefined || differences.length > 0) await writeFile(file, archive.bytes);
    if (values.only !== undefined) console.log(refused ?? 'accepted', refusedBy);
    if (differences.length === 0) continue;
    tally.differing += 1;
    console.log(`\nseed ${seed}, number ${start + at}: ${file}\n  ${differences.slice(0, 6).join('\n  ')}`);
  }
  console.log(`${start + numbers.length - first} of ${count}: ${JSON.stringify(tally)}`);
}
process.exitCode = tally.differing === 0 ? 0 : 1;
