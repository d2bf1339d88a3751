/**
 * `npm run dev`: everything that the demo starts, from the sources and in a folder of its own (.countersign/dev), with a portal whose
 * pages follow their files. scripts/bootstrap.mjs has refused options that there aren't, and asks for sources.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { explainUnwritable, step } from '../../scripts/set-up/steps.mjs';
import {
  askingTheHost,
  claimRun,
  noteRun,
  playDemo,
  releaseRun,
  seedWithGitLab,
  withGitLab,
} from '../demo/index.ts';
import { startFoundation, startPortalOf, type Foundation } from '../foundation/index.ts';
import {
  endServices,
  nextInterruption,
  prepareStackPaths,
  projectDirectory,
  StackError,
  startStack,
  together,
  type RunningService,
  type Stack,
  type StackPaths,
} from '../stack/index.ts';
import { followLog } from './follow-log.ts';
import { devOptions } from './usage.mjs';
import { watchSources } from './watch-sources.ts';

const { values } = parseArgs({ options: devOptions });
/** Of the signer's side: what of lib it runs, too. */
const signingFolders = ['signer', 'lib/core', 'lib/host'];
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  const paths = prepareStackPaths(join(prepareStackPaths().state, 'dev'));
  // Before anything is started: whoever ends this while it starts ends what it has started by then.
  const interrupted = nextInterruption();
  const other = await claimRun(paths);
  if (other !== null) {
    say(`npm run dev is already running (process ${other}).`);
    return 0;
  }
  let stop = (): Promise<void> => Promise.resolve();
  try {
    const work = async (): Promise<number> => {
      const stack = await startStack({
        state: paths.state,
        signatures: 'test',
        portal: 'development',
        demoBuilds: true,
        gitLab: true,
      });
      stop = () => stack.stop();
      return live(stack, paths, interrupted);
    };
    return await Promise.race([work(), interrupted]);
  } finally {
    say('\nStopping…');
    await stop();
    // What was being started at this moment.
    await endServices();
    await releaseRun(paths);
  }
}

const optionsOf = async (stack: Stack) => ({
  ...withGitLab(stack, askingTheHost(stack)),
  seed: await seedWithGitLab(stack.paths.demo),
});

async function live(stack: Stack, paths: StackPaths, interrupted: Promise<number>): Promise<number> {
  // The portal reads keys and policies as it starts; after the first time they are there.
  const isFirst = !existsSync(join(paths.keys, 'registry.json'));
  const [foundation, portal] = isFirst ? await oneByOne(stack) : await atOnce(stack);
  await step('Asking for the first page', () => fetch(portal.url));
  await noteRun(paths, { portal: portal.url });
  if (!existsSync(join(paths.demo, 'report.json'))) await showSomething(foundation, portal);
  say(
    `\nReady after ${process.uptime().toFixed(1)} s.\n\n  Portal:  ${portal.url}\n\n` +
      'Pages follow their files. r and Enter starts the signer’s side again, with its code as it is then;\n' +
      `Ctrl-C stops everything. Logs: ${paths.logs}; what the portal says comes here, too.\n`,
  );
  const restart = restarter(foundation);
  const ends = [
    followLog(join(paths.logs, 'portal.log'), (text) => process.stdout.write(text)).end,
    onKey('r', restart),
    ...(values.watch ? [watchSources(projectDirectory, signingFolders, restart)] : []),
  ];
  await interrupted;
  for (const end of ends) end();
  return 0;
}

type Running = readonly [Foundation, RunningService];

const startFoundationOf = async (stack: Stack): Promise<Foundation> =>
  startFoundation(stack, await optionsOf(stack));

async function oneByOne(stack: Stack): Promise<Running> {
  const foundation = await startFoundationOf(stack);
  return [foundation, await startPortalOf(foundation)];
}

const atOnce = (stack: Stack): Promise<Running> =>
  together([startFoundationOf(stack), startPortalOf({ stack })]);

/** The demo's requests, once, so that there is something to look at. */
async function showSomething(foundation: Foundation, portal: RunningService): Promise<void> {
  try {
    await playDemo(foundation, portal.url);
  } catch (error) {
    say(`The demo’s requests were not made: ${messageOf(error)}`);
  }
}

/** → a function that restarts the signer’s side; asked while it does, it does so once more. */
function restarter(foundation: Foundation): () => void {
  let isAsked = false;
  let work = Promise.resolve();
  return () => {
    if (isAsked) return;
    isAsked = true;
    work = work.then(() => {
      isAsked = false;
      return restart(foundation);
    });
  };
}

async function restart(foundation: Foundation): Promise<void> {
  const began = performance.now();
  try {
    await foundation.restartSigning();
    say(`The signer’s side runs again, after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  } catch (error) {
    say(`The signer’s side does not start: ${messageOf(error)}\nMend it, then r and Enter.`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Calls `act` for each line that is this key alone → ends that. */
function onKey(key: string, act: () => void): () => void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === key) act();
  });
  return () => lines.close();
}

try {
  process.exitCode = await main();
} catch (error) {
  const said = error instanceof StackError ? error.message : explainUnwritable(error, projectDirectory);
  if (said === null) throw error;
  console.error(`\n${said}`);
  process.exitCode = 1;
}
process.exit();
