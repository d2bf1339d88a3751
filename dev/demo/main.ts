/**
 * `npm run demo`: starts everything, does the main job, leaves the portal running (or, with --exit, stops it all);
 * with --large, among 500 projects and 5,000 requests.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { explainUnwritable, secondsSoFar } from '../../scripts/set-up/steps.mjs';
import { startFoundation, startPortalOf } from '../foundation/index.ts';
import { addProjects, fillDatabase, defaultSize } from '../seed/index.ts';
import {
  endServices,
  nextInterruption,
  prepareStackPaths,
  projectDirectory,
  StackError,
  startStack,
  type Stack,
  type StackPaths,
} from '../stack/index.ts';
import { askingTheHost } from './asking-the-host.ts';
import { seedWithGitLab, withGitLab } from './on-gitlab.ts';
import { playDemo } from './play.ts';
import { readReportUrl } from './report.ts';
import { demoOptions } from './usage.mjs';
import { claimRun, noteRun, releaseRun } from './run-file.ts';

// scripts/bootstrap.mjs has refused others.
const { values } = parseArgs({ options: demoOptions });
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  // The large foundation has its own folder: its policy repository begins with its projects.
  const state = values.large ? join(prepareStackPaths().state, 'large') : undefined;
  const paths = prepareStackPaths(state);
  // Before anything is started: ending the demo while it starts ends everything it has started so far.
  const interrupted = nextInterruption();
  const other = await claimRun(paths);
  if (other !== null) {
    const url = (await readReportUrl(paths.demo)) ?? 'starting';
    say(`The demo is already running (process ${other}).\n\n  Portal:  ${url}`);
    return 0;
  }
  let stop = (): Promise<void> => Promise.resolve();
  const outcome: { shown: number | null } = { shown: null };
  try {
    const work = async (): Promise<number> => {
      const stack = await startStack({
        demoBuilds: true,
        gitLab: true,
        ...(state === undefined ? {} : { state }),
      });
      stop = () => stack.stop();
      return runDemo(stack, paths, interrupted, outcome);
    };
    return await Promise.race([work(), stopped(interrupted, outcome)]);
  } finally {
    await stop();
    // What was being started at this moment.
    await endServices();
    await releaseRun(paths);
  }
}

async function stopped(
  interrupted: Promise<number>,
  outcome: { readonly shown: number | null },
): Promise<number> {
  const code = await interrupted;
  say('\nStopping…');
  return outcome.shown ?? code;
}

/** `outcome.shown`: the exit code, once everything has been shown and only waits for its end. */
async function runDemo(
  stack: Stack,
  paths: StackPaths,
  interrupted: Promise<number>,
  outcome: { shown: number | null },
): Promise<number> {
  const foundation = await startFoundation(stack, {
    ...withGitLab(
      stack,
      askingTheHost(stack, (folder) => (values.large ? addProjects(folder, defaultSize) : Promise.resolve())),
    ),
    seed: await seedWithGitLab(paths.demo),
  });
  if (values.large) await fillDatabase(stack.database.owner, defaultSize);
  const portal = await startPortalOf(foundation);
  await noteRun(paths, { portal: portal.url });
  say(`\nEverything is up after ${secondsSoFar()} s.\n`);
  const requests = await playDemo(foundation, portal.url);
  const failed = requests.filter((request) => !request.asExpected).length;
  say(
    failed === 0
      ? `\nAll ${requests.length} requests ended as they should.`
      : `\n${failed} requests did NOT end as they should.`,
  );
  outcome.shown = failed === 0 ? 0 : 1;
  if (values.exit) return outcome.shown;
  say(
    `\n  Portal:  ${portal.url}\n\nSign in there as maintainer, approver or reviewer. Ctrl-C stops everything.

Not played here: jobs of a code host that wait for a release. What a portal needs for them is in
docs/guides/publish-without-waiting.md (publishing, in its configuration); npm test -- app/api/webhooks/publishing plays them.`,
  );
  // The services run beside this process; watching them keeps it alive.
  const services = [
    stack.postgres,
    stack.clamd,
    stack.gitHost,
    stack.codeHost,
    ...(stack.gitLab === null ? [] : [stack.gitLab]),
    foundation.tsa,
    foundation.signer,
    portal,
  ];
  const down = new Set<string>();
  const watch = setInterval(() => void lookAfter(services, down), 5000);
  await interrupted;
  clearInterval(watch);
  return outcome.shown;
}

/** Says once when a service stops answering, and once when it is back. */
async function lookAfter(
  services: readonly { readonly name: string; health: () => Promise<boolean> }[],
  down: Set<string>,
): Promise<void> {
  for (const { name, health } of services) {
    const well = await health().catch(() => false);
    if (!well && !down.has(name))
      say(`  !!  ${name} does not answer; its log is in .countersign/logs/${name}.log`);
    if (well && down.has(name)) say(`      ${name} answers again`);
    if (well) down.delete(name);
    else down.add(name);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof StackError ? error.message : explainUnwritable(error, projectDirectory);
  if (message === null) throw error;
  console.error(`\n${message}`);
  process.exitCode = 1;
}
process.exit();
