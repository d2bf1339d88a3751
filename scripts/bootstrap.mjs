/**
 * Gets a bare machine ready and then runs one of the project's programs with the Node it pins. Plain JavaScript for
 * Node ≥ 20: it runs before anything is installed.
 *   node scripts/bootstrap.mjs set-up | demo | dev | test [arguments…]
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoOptions, demoUsage } from '../dev/demo/usage.mjs';
import { devOptions, devUsage } from '../dev/live/usage.mjs';
import {
  ensureDatabaseClient,
  ensureNpmPackages,
  pinnedNode,
  projectDirectory,
} from './set-up/npm-packages.mjs';
import { ensureBrowser, ensureSystemPackages } from './set-up/system-packages.mjs';
import { refuseNode } from './set-up/pinned-node.mjs';
import { explainUnwritable, sameClock, SetUpError } from './set-up/steps.mjs';

const programs = {
  'set-up': 'scripts/build-processes.ts',
  demo: 'dev/demo/main.ts',
  dev: 'dev/live/main.ts',
  test: 'dev/test/main.ts',
};

/** What is looked at before anything is installed. */
const calls = {
  demo: { options: demoOptions, usage: demoUsage },
  dev: { options: devOptions, usage: devUsage },
};

async function main([name = '', ...args]) {
  if (!Object.hasOwn(programs, name)) {
    throw new SetUpError(`Usage: node scripts/bootstrap.mjs ${Object.keys(programs).join(' | ')}`);
  }
  const call = calls[name];
  if (call !== undefined) {
    const refused = answerTo(call, args);
    if (refused !== null) return refused;
  }
  const tooOld = refuseNode(process.versions.node);
  if (tooOld !== null) throw new SetUpError(tooOld);
  if (process.platform === 'win32') {
    throw new SetUpError(
      'Windows has no SoftHSM and no clamd to install; use the Windows Subsystem for Linux.',
    );
  }
  await ensureSystemPackages(call === undefined ? 'test' : 'demo');
  await ensureNpmPackages();
  await ensureDatabaseClient();
  if (call === undefined) await ensureBrowser();
  return run(programs[name], name === 'set-up' ? ['--changed'] : args, name === 'dev' ? fromSources() : {});
}

/** Before minutes of installing: the exit code where it isn't to be started, for help or for an option it doesn't have. */
function answerTo({ options, usage }, args) {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return 0;
  }
  try {
    parseArgs({ args, options });
    return null;
  } catch (error) {
    console.error(`${error.message.replace(/\. To specify a positional argument.*$/s, '')}\n${usage}`);
    return 2;
  }
}

/** Every process runs what the sources say, and Node.js keeps what it made of them. */
function fromSources() {
  return {
    COUNTERSIGN_FROM: 'sources',
    NODE_COMPILE_CACHE: join(projectDirectory, '.countersign', 'dev', 'compile-cache'),
  };
}

/** Runs the real program in this one's place → its exit code. Signals of the terminal reach it by themselves. */
function run(program, args, env) {
  // Before the program runs: a signal may come as soon as it does. Handlers wait for the end of this function, so there is a child then.
  process.on('SIGINT', () => undefined); // Ctrl-C goes to the whole group: the program ends in its own time
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGTERM'));
  const child = spawn(pinnedNode, [join(projectDirectory, program), ...args], {
    stdio: 'inherit',
    cwd: projectDirectory,
    env: {
      ...process.env,
      ...env,
      ...sameClock,
      PATH: [join(projectDirectory, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    },
  });
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
