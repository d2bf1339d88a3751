/**
 * `npm run bench:starts`: what it costs to start an inspector and a keyholder's process, from their sources and built, side by
 * side: processor seconds of the child, user and system, the mean of twelve. Builds what has changed first.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distFolder, projectRoot } from '../scripts/processes/built.ts';
import { ensureProcesses } from '../scripts/processes/ensure.ts';
import { defaultInspectorLimits } from '../signer/inspector/index.ts';
import { childCommand, inspectorProgram } from '../signer/inspector/sandbox/command.ts';

const rounds = 12;
const ticksPerSecond = 100;

/** Of all children that have ended (proc(5), fields 16 and 17 of stat). */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

await ensureProcesses();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starts-')));
const inspector = (built?: string): readonly string[] =>
  childCommand(inspectorProgram(built), { namespaces: null, prlimit: null }, defaultInspectorLimits, {
    read: [],
    write: [`${folder}/`],
  });
/** Without a parent to talk to it ends as soon as it is loaded. */
const keyholder = (program: string, ...readable: readonly string[]): readonly string[] => [
  ...[process.execPath, '--permission', '--allow-addons', '--enable-source-maps'],
  '--disable-warning=PERM0001',
  ...readable.map((path) => `--allow-fs-read=${path}`),
  program,
];
const commands = {
  'Node.js alone': [process.execPath, '--eval', ''],
  'inspector from sources': inspector(),
  'inspector built': inspector(distFolder),
  'keyholder from sources': keyholder(
    join(projectRoot, 'signer/keyholder/holder/main.ts'),
    `${projectRoot}/`,
  ),
  'keyholder built': keyholder(join(distFolder, 'keyholder.js'), `${projectRoot}/`),
};
const spent = new Map<string, number>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, [program = '', ...args]] of Object.entries(commands)) {
    const before = childSeconds();
    spawnSync(program, args, { input: '', env: { NODE_ENV: 'production' }, cwd: '/' });
    spent.set(name, (spent.get(name) ?? 0) + childSeconds() - before);
  }
}
for (const [name, seconds] of spent) console.log(`${name.padEnd(24)}${(seconds / rounds).toFixed(3)} CPU-s`);
rmSync(folder, { recursive: true });
