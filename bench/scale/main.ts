/**
 * `npm run bench:scale [-- CASE…] [--sizes 100000,1000000]`: what is to stay flat however much has ever happened, each case with generated
 * rows at the size of a large foundation. Without a case: all, one after another. Results are recorded in bench/RESULTS.md.
 */
import { cpus, loadavg } from 'node:os';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { database } from './database.ts';
import { journal } from './journal.ts';
import { keyHolder } from './key-holder.ts';
import { policy } from './policy.ts';
import { policyCommit } from './policy-commit.ts';
import { sweep } from './sweep.ts';

const cases: Readonly<
  Record<
    string,
    { readonly run: (sizes: readonly number[]) => Promise<void>; readonly sizes: readonly number[] }
  >
> = {
  database: { run: database, sizes: [60] },
  journal: { run: journal, sizes: [100_000, 1_000_000] },
  keyholder: { run: keyHolder, sizes: [100_000, 1_000_000] },
  policy: { run: policy, sizes: [10_000, 100_000] },
  'policy-commit': { run: policyCommit, sizes: [1000] },
  sweep: { run: sweep, sizes: [1000, 100_000, 1_000_000] },
};

const usage = `usage: npm run bench:scale -- [CASE…] [--sizes NUMBER,NUMBER]   (cases: ${Object.keys(cases).join(', ')})`;
const { positionals, values } = readOptions(usage, {
  allowPositionals: true,
  options: { sizes: { type: 'string' } },
});
const sizes = values.sizes?.split(',').map(Number) ?? null;
const chosen = positionals.length > 0 ? positionals : Object.keys(cases);
if (chosen.some((name) => cases[name] === undefined) || sizes?.some((size) => !(size > 0)) === true) {
  console.error(usage);
  process.exit(2);
}
console.log(
  `${new Date().toISOString()}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node.js ${process.version}, load ${loadavg()[0]?.toFixed(1) ?? '?'}`,
);
for (const name of chosen) await cases[name]?.run(sizes ?? cases[name].sizes);
