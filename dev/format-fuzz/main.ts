/**
 * npm run fuzz:formats -- [--count 5000] [--format NAME]… [--seed N] [--to FOLDER]: files of each format, changed at random and read as the
 * inspector reads them. Each is refused in words, or read; two files that a signature takes for one have to mean the same. Anything else,
 * and whatever takes long, is written out; exits 1 then.
 */
import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ArchiveError } from '#core/formats/archive/index.ts';
import { FormatError } from '#core/formats/format.ts';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';
import { mutate, seededRandom } from './mutate.ts';
import { fuzzedFormats } from './table.ts';

/** Of processor time: what else the machine does is no fault of a reader. */
const longMilliseconds = 3000;
const grownBytesMax = 64 * 1024 * 1024;
/** What Node frees, it frees between events, of which a reader of memory causes none. */
const filesBetweenEvents = 256;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const folder = join(tmpdir(), 'countersign-fuzz-formats');
const usage = `usage: npm run fuzz:formats -- [--count NUMBER] [--format NAME] [--seed NUMBER] [--to FOLDER]
  --count   files of each format (5000)
  --format  ${fuzzedFormats.map(({ name }) => name).join(', ')}; may be given several times, all of them unless said
  --seed    that they are drawn from, the same ones every time (another one each time)
  --to      where files go that are faults (${folder})`;
const { values } = readOptions(usage, {
  options: {
    count: { type: 'string', default: '5000' },
    format: { type: 'string', multiple: true },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    to: { type: 'string', default: folder },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);
const formats = fuzzedFormats.filter(({ name }) => values.format?.includes(name) !== false);
if (!Number.isSafeInteger(count) || !Number.isSafeInteger(seed) || formats.length === 0) {
  console.error(usage);
  process.exit(2);
}
await mkdir(values.to, { recursive: true });

let faults = 0;
for (const format of formats) faults += await fuzz(format);
process.exitCode = faults === 0 ? 0 : 1;

async function fuzz(format: FuzzedFormat): Promise<number> {
  const seeds = await format.seeds();
  /** Digest → meaning. */
  const known = new Map<string, string>();
  for (const bytes of seeds) {
    const { digest, meaning } = await format.read(bytes);
    known.set(digest, meaning);
  }
  const tally = { read: 0, refused: 0, faults: 0 };
  const grownFrom = await memoryHeld();
  for (let number = 0; number < count; number += 1) {
    if (number % filesBetweenEvents === 0) await setImmediate();
    const random = seededRandom(seed + number * 7919);
    const bytes = mutate(seeds[number % seeds.length] ?? new Uint8Array(0), seeds, random);
    const fault = await judge(format, bytes, known, tally);
    if (fault === null) continue;
    tally.faults += 1;
    const file = join(values.to, `${format.name}-${seed}-${number}`);
    await writeFile(file, bytes);
    console.log(`${format.name}, seed ${seed}, number ${number}: ${fault}: ${file}`);
  }
  const grown = (await memoryHeld()) - grownFrom;
  if (grown > grownBytesMax) {
    tally.faults += 1;
    console.log(`${format.name}: memory grew by ${grown} bytes`);
  }
  console.log(`${format.name}: ${count} files of seed ${seed}: ${JSON.stringify(tally)}`);
  return tally.faults;
}

async function memoryHeld(): Promise<number> {
  await setImmediate();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is wrong with how the file was read; null: nothing. */
async function judge(
  format: FuzzedFormat,
  bytes: Uint8Array,
  known: Map<string, string>,
  tally: { read: number; refused: number },
): Promise<string | null> {
  const start = process.cpuUsage();
  try {
    const { digest, meaning } = await format.read(bytes);
    tally.read += 1;
    const other = known.get(digest);
    // Only the seeds' are kept: what is found by chance is seldom found again.
    if (other !== undefined && other !== meaning) return `another meaning under the digest ${digest}`;
  } catch (error) {
    if (!(error instanceof FormatError) && !(error instanceof ArchiveError))
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    tally.refused += 1;
  }
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  return took > longMilliseconds ? `took ${Math.round(took)} ms` : null;
}
