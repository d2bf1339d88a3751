/**
 * Gets a bare machine ready and then runs one of the project's programs with the Node it pins. Plain JavaScript for
 * Node ≥ 20: it runs before anything is installed.
 *   node scripts/bootstrap.mjs set-up | demo | test [arguments…]
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoOptions, demoUsage } from '../dev/demo/usage.mjs';
import {
  ensureDatabaseClient,
  ensureNpmPackages,
  pinnedNode,
  projectDirectory,
} from './set-up/npm-packages.mjs';
import { ensureBrowser, ensureSystemPackages } from './set-up/system-packages.mjs';
import { explainUnwritable, SetUpError } from './set-up/steps.mjs';

const programs = {
  'set-up': 'scripts/build-processes.ts',
  demo: 'dev/demo/main.ts',
  test: 'dev/test/main.ts',
};

async function main([name = '', ...args]) {
  if (!Object.hasOwn(programs, name)) {
    throw new SetUpError(`Usage: node scripts/bootstrap.mjs ${Object.keys(programs).join(' | ')}`);
  }
  if (name === 'demo') {
    const refused = demoAnswer(args);
    if (refused !== null) return refused;
  }
  const [major] = process.versions.node.split('.');
  if (Number(major) < 20) {
    throw new SetUpError(
      `Node.js ${process.versions.node} is too old; install Node.js 20 or newer, with npm.`,
    );
  }
  if (process.platform === 'win32') {
    throw new SetUpError(
      'Windows has no SoftHSM and no clamd to install; use the Windows Subsystem for Linux.',
    );
  }
  await ensureSystemPackages(name === 'demo' ? 'demo' : 'test');
  await ensureNpmPackages();
  await ensureDatabaseClient();
  if (name !== 'demo') await ensureBrowser();
  return run(programs[name], name === 'set-up' ? ['--changed'] : args);
}

/** Before minutes of installing: the exit code where the demo isn't to be started, for help or for an option it doesn't have. */
function demoAnswer(args) {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(demoUsage);
    return 0;
  }
  try {
    parseArgs({ args, options: demoOptions });
    return null;
  } catch (error) {
    console.error(`${error.message.replace(/\. To specify a positional argument.*$/s, '')}\n${demoUsage}`);
    return 2;
  }
}

/** Runs the real program in this one's place → its exit code. Signals of the terminal reach it by themselves. */
function run(program, args) {
  const child = spawn(pinnedNode, [join(projectDirectory, program), ...args], {
    stdio: 'inherit',
    cwd: projectDirectory,
    env: {
      ...process.env,
      PATH: [join(projectDirectory, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    },
  });
  process.on('SIGINT', () => undefined); // Ctrl-C goes to the whole group: the program ends in its own time
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const unwritable = explainUnwritable(error, projectDirectory);
  if (unwritable !== null) {
    console.error(`\n${unwritable}`);
    process.exit(1);
  }
  if (!(error instanceof SetUpError)) throw error;
  console.error(`\n${error.message}`);
  if (error.log !== undefined && existsSync(error.log))
    console.error(`\nThe whole output is in ${error.log}`);
  process.exitCode = 1;
}
