/**
 * `npm run bench:sign -- [--before FOLDER] [--cases NAMES] [--rounds N] [--flags=FLAGS] [--profile FOLDER]`: whole requests through the real signer, on a
 * foundation of its own, next to other programs that do a part of it. Builds what has changed first; state goes to a folder of the
 * system's temporary files.
 *   --before FOLDER   the dist/ of another version: each case runs with both, by turns, on the same foundation
 *   --flags=FLAGS     each case runs once more, with the daemon under these flags of Node.js in place of its own
 *   --profile FOLDER  the signer writes a CPU profile there (V8's .cpuprofile) as it ends
 *   --cases NAMES     pe-1m,pe-100m,zip-2000,zip-1000-pe,queue-100 (default), pe-1g, zip-100-pe, tar-500m, msi-50m, jar-200, nupkg-200
 */
import { stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../signer/ground/command-line/index.ts';
import { nodeFlags } from '../scripts/processes/program.ts';
import { distFolder } from '../scripts/processes/built.ts';
import { cases, defaultCases, type Case } from './sign/cases.ts';
import { BenchFoundation, type SignedRun } from './sign/foundation.ts';
import { peers } from './sign/peers.ts';

const usage =
  'usage: npm run bench:sign -- [--before FOLDER] [--cases NAME,…] [--rounds N] [--flags=FLAGS] [--profile FOLDER]';
const { values } = readOptions(usage, {
  options: {
    before: { type: 'string' },
    cases: { type: 'string' },
    rounds: { type: 'string' },
    flags: { type: 'string' },
    profile: { type: 'string' },
  },
});
const names = values.cases?.split(',') ?? defaultCases;
const chosen = names.map((name): Case => {
  const found = cases[name];
  if (found === undefined)
    throw new RangeError(`no case ${name}; there are ${Object.keys(cases).join(', ')}`);
  return found;
});
const rounds = Number(values.rounds ?? '2');
// As each version is started: the one before, too, where its log finds the sources.
const flags = nodeFlags('daemon');
const versions = [
  ...(values.before === undefined ? [] : [{ name: 'before', dist: values.before, flags }]),
  { name: 'now', dist: distFolder, flags },
  ...(values.flags === undefined
    ? []
    : [{ name: 'flags', dist: distFolder, flags: values.flags.split(' ') }]),
];

const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;

interface Times {
  readonly wall: number;
  /** Of one request: without the time that nothing but clamd was waited for. */
  readonly unscanned: number;
}

function timesOf({ wallSeconds, steps }: SignedRun): Times {
  const scan = steps.find(([step]) => step === 'scan')?.[1] ?? 0;
  return { wall: wallSeconds, unscanned: wallSeconds - scan / 1000 };
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const foundation = await BenchFoundation.start(Math.max(...chosen.map(({ largestBytes }) => largestBytes)));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void foundation.stop().finally(() => process.exit(1)));
try {
  for (const one of chosen) {
    console.log(`\n${one.title}`);
    const files = await one.make(join(foundation.folder, 'input'));
    const best = new Map<string, Times>();
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, dist, flags } of versions) {
        await foundation.use(dist, { flags, profileFolder: values.profile ?? null });
        const run = await foundation.sign(files, one.policy);
        const times = timesOf(run);
        if (times.wall < (best.get(name)?.wall ?? Infinity)) best.set(name, times);
        const steps = run.steps.map(([step, milliseconds]) => `${step} ${milliseconds}`).join(', ');
        const size = await sizeOf(files);
        const share = (bytes: number): string => (bytes / size).toFixed(1);
        console.log(
          [
            `  ${name.padEnd(7)} ${seconds(run.wallSeconds).padStart(8)}, ${seconds(run.cpuSeconds / files.length)} of processor time each (${Object.entries(
              run.cpuSecondsOf,
            )
              .map(([name, spent]) => `${name} ${seconds(spent / files.length)}`)
              .join(', ')})`,
            `reads ${share(run.readBytes)} and writes ${share(run.writtenBytes)} × its size`,
            `inspector ≤ ${run.inspectorMebibytes} MiB, daemon ≤ ${run.daemonMebibytes} MiB; load ${loadavg()[0]?.toFixed(1)}; ms: ${steps}`,
          ].join('; '),
        );
      }
    }
    const [before, now] = [best.get('before'), best.get('now') ?? { wall: NaN, unscanned: NaN }];
    if (before !== undefined) console.log(`  before : now = ${(before.wall / now.wall).toFixed(2)}`);
    if (files.length === 1) console.log(`  now without the step scan ${seconds(now.unscanned)}`);
    for await (const { name, wallSeconds } of peers(foundation, one, files)) {
      const ratios = [now.wall, ...(files.length === 1 ? [now.unscanned] : [])].map((own) =>
        (own / wallSeconds).toFixed(2),
      );
      console.log(
        `  ${name.padEnd(40)} ${seconds(wallSeconds).padStart(8)}; now is ${ratios.join(', without scan ')} of it`,
      );
    }
  }
} finally {
  await foundation.stop();
}
