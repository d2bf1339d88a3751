/**
 * Checks who imports whom, that the check can fail (dev/test/boundaries must break every rule it says it breaks), and that the
 * diagrams in the documents match the imports; --write redraws them. No file keeps marks of an unfinished merge.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { conflictMarkers } from './conflict-markers.mjs';
import { drawRooms } from './draw-rooms.mjs';

const project = join(import.meta.dirname, '..');
const fixture = join(project, 'dev', 'test', 'boundaries');
const modulesMin = 50;

const usage = 'usage: npm run check:boundaries, or npm run draw:rooms (the same with --write)';

/** → what was asked for; whoever asks for help or for what isn’t there has the answer and no check. */
function readArguments() {
  try {
    const { values } = parseArgs({
      options: { write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help !== true) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

const { write = false } = readArguments();

/** → {modules with their imports, violations} of the folders below `folder`. depcruise exits with the number of violations. */
async function cruise(folder, roots) {
  const program = join(project, 'node_modules', '.bin', 'depcruise');
  const config = join(project, '.dependency-cruiser.cjs');
  const args = [program, '--config', config, '--output-type', 'json', ...roots];
  const options = { cwd: folder, maxBuffer: 256 * 1024 * 1024 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options).catch(
    (error) => error,
  );
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser failed:\n${stderr}`);
  const { modules, summary } = JSON.parse(stdout);
  return { modules, violations: summary.violations };
}

function show({ rule, from, to }) {
  return `  ${rule.name}: ${from} → ${to}`;
}

const roots = ['action', 'app', 'lib', 'signer', 'cli', 'dev', 'scripts'].filter((each) =>
  existsSync(join(project, each)),
);
const real = await cruise(project, roots);
const problems = real.violations.filter(({ from }) => !from.startsWith('dev/test/boundaries/')).map(show);
if (real.modules.length < modulesMin)
  problems.push(`  only ${real.modules.length} modules were seen: the check looked past the code`);

const broken = await cruise(fixture, ['action', 'app', 'lib', 'signer', 'cli']);
const expected = readdirSync(fixture, { recursive: true })
  .filter((file) => /[.]m?[jt]s$/.test(file))
  .map((file) => ({ file, rule: /^\/\/ breaks (\S+)/.exec(readFileSync(join(fixture, file), 'utf8'))?.[1] }))
  .filter(({ rule }) => rule !== undefined);
for (const { file, rule } of expected) {
  if (!broken.violations.some((each) => each.rule.name === rule && each.from === file)) {
    problems.push(`  ${rule} isn't broken by dev/test/boundaries/${file}: the rule doesn't bite`);
  }
}
const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
for (const { name } of forbidden) {
  if (!expected.some(({ rule }) => rule === name))
    problems.push(`  ${name} has no offender in dev/test/boundaries`);
}
problems.push(...(await conflictMarkers(project)).map((at) => `  ${at}: a mark of an unfinished merge`));
problems.push(...(await drawRooms(project, real.modules, write)).map((room) => `  ${room}`));
if (problems.length > 0) {
  console.error(`Boundaries:\n${problems.join('\n')}`);
  process.exit(1);
}
console.log(
  `Boundaries: ${real.modules.length} modules keep them; ${expected.length} offenders were caught.`,
);
