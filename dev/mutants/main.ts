/**
 * npm run mutants -- [--check] [--short] [--area NAME]… [--only TEXT]: breaks the guards of list/ one at a time in a copy of
 * the project and demands that the test named beside each dies, and passed before. A list that no longer matches the code is a
 * failure, whichever guards are selected: that is checked first. --check checks nothing else. --short takes a few guards of each
 * area, the same ones every time; --only those whose file or guard holds the text.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { broken, listProblems } from './check-list.ts';
import { startedServicesVariable } from '../test/global-setup.ts';
import { startTestServices } from '../test/services.ts';
import { copyProject } from './copy-project.ts';
import { areas } from './list/index.ts';
import { isOfDatabase, type Mutant } from './mutant.ts';
import { needsServices, runTest, type Outcome } from './run-test.ts';

const workers = 2;
const ofEachAreaInShort = 2;

const usage = `usage: npm run mutants -- [--check] [--short] [--area NAME]… [--only TEXT]
  --check   only whether the list still fits the code
  --short   a few guards of each area, the same ones every time
  --area    guards of an area: ${areas.map((area) => area.name).join(', ')}
  --only    guards whose file or text holds this`;
const { values } = readOptions(usage, {
  options: {
    check: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    area: { type: 'string', multiple: true },
    only: { type: 'string' },
  },
});

function chosen(): readonly Mutant[] {
  const names = areas.map((area) => area.name);
  const unknown = values.area?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    console.error(`No such area: ${unknown.join(', ')}\n${usage}`);
    process.exit(2);
  }
  const named = areas.filter((area) => values.area?.includes(area.name) ?? true);
  return named
    .flatMap(({ mutants }) => {
      if (!values.short) return mutants;
      // The fast ones: each costs a start of vitest, services cost another.
      const fast = mutants.filter((mutant) => !needsServices(mutant.test));
      return (fast.length === 0 ? mutants : fast).slice(0, ofEachAreaInShort);
    })
    .filter(({ file, find }) => values.only === undefined || `${file} ${find}`.includes(values.only));
}

interface Verdict {
  readonly killed: boolean;
  readonly words: string;
}

const words: Readonly<Record<Outcome, string>> = {
  passed: 'SURVIVED: the test passes without the guard',
  failed: 'killed',
  'not-found': 'STALE: the file has no test of that title',
  'not-loaded': 'INVALID: the test’s file or a hook failed, not the test',
  'timed-out': 'INVALID: the test did not end',
};

/** Tests that passed with all guards in place, per copy. */
const passedBefore = new Map<string, Promise<Outcome>>();

async function judge(folder: string, mutant: Mutant): Promise<Verdict> {
  const original = readFileSync(join(folder, mutant.file), 'utf8');
  const text = broken(mutant, folder);
  const key = `${mutant.test.file}\n${mutant.test.title}`;
  const before = passedBefore.get(key) ?? runTest(folder, mutant.test);
  passedBefore.set(key, before);
  const whole = await before;
  if (whole !== 'passed') return { killed: false, words: `with the guard in place the test ${whole}` };
  writeFileSync(join(folder, mutant.file), text);
  try {
    const { [startedServicesVariable]: _shared, ...withoutServices } = process.env;
    const outcome = await runTest(folder, mutant.test, isOfDatabase(mutant) ? withoutServices : process.env);
    return { killed: outcome === 'failed', words: words[outcome] };
  } finally {
    writeFileSync(join(folder, mutant.file), original);
  }
}

const all = areas.flatMap((area) => area.mutants);
const problems = listProblems(all);
if (problems.length > 0) throw new Error(`The list no longer fits the code:\n  ${problems.join('\n  ')}`);
console.log(`Each of ${all.length} guards stands once in its file, and its test has the title.`);
if (values.check) process.exit(0);
const mutants = chosen();
if (mutants.length === 0) {
  console.error(`No guard's file or text holds ${values.only ?? ''}\n${usage}`);
  process.exit(2);
}
console.log(`${mutants.length} guards, ${workers} at a time`);

const root = mkdtempSync(join(tmpdir(), 'countersign-mutants-'));
process.once('exit', () => {
  rmSync(root, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

// One start of PostgreSQL and the others for all runs: it would be most of the work.
const shared = mutants.some((mutant) => needsServices(mutant.test)) ? await startTestServices() : null;
if (shared !== null) process.env[startedServicesVariable] = JSON.stringify(shared.services);

const waiting = [...mutants.entries()];
const survivors: string[] = [];
async function work(folder: string): Promise<void> {
  copyProject(folder);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [at, mutant] = next;
    const started = Date.now();
    const { killed, words: verdict } = await judge(folder, mutant);
    const guard = mutant.find.split('\n')[0]?.trim() ?? '';
    const line = `${mutant.file}: ${guard}\n      ${verdict} · ${mutant.test.file} “${mutant.test.title}”`;
    console.log(
      `${killed ? '✓' : '✗'} ${at + 1}/${mutants.length} (${Math.round((Date.now() - started) / 1000)} s) ${line}`,
    );
    if (!killed) survivors.push(line);
  }
}
await Promise.all(Array.from({ length: workers }, (_none, at) => work(join(root, String(at)))));
// What a test leaves behind that died isn't held against it.
await shared?.release().catch((error: unknown) => {
  console.log(String(error));
});
if (survivors.length > 0) console.log(`\nNo test died, or not the named one:\n  ${survivors.join('\n  ')}`);
console.log(
  `${mutants.length - survivors.length} of ${mutants.length} guards have a test that dies without them.`,
);
process.exit(survivors.length === 0 ? 0 : 1);
