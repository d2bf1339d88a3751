/**
 * `npm run demo`: starts everything, does the main job, leaves the portal running (or, with --exit, stops it all);
 * with --large, among 500 projects and 5,000 requests.
 */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startFoundation, startPortalOf } from '../foundation/index.ts';
import { addProjects, fillDatabase, usualSize } from '../seed/index.ts';
import { prepareStackPaths, processIdentity, startStack, type StackPaths } from '../stack/index.ts';
import { playDemo } from './play.ts';
import { readReportUrl } from './report.ts';

const { values } = parseArgs({
  options: { exit: { type: 'boolean', default: false }, large: { type: 'boolean', default: false } },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  // A foundation of some years has a folder of its own: its policy repository begins with its projects.
  const state = values.large ? join(prepareStackPaths().state, 'large') : undefined;
  const paths = prepareStackPaths(state);
  if (await alreadyRunning(paths)) return 0;
  const startedAt = Date.now();
  const stack = await startStack(state === undefined ? {} : { state });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> =>
    (stopped ??= stack.stop().then(() => rm(runFile(paths), { force: true })));
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  try {
    await noteRun(paths, {});
    const foundation = await startFoundation(
      stack,
      values.large ? { adapt: (folder) => addProjects(folder, usualSize) } : {},
    );
    if (values.large) await fillDatabase(stack.database.owner, usualSize);
    const portal = await startPortalOf(foundation);
    await noteRun(paths, { portal: portal.url });
    say(`\nEverything is up after ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
    const requests = await Promise.race([playDemo(foundation, portal.url), interrupted.then(() => null)]);
    if (requests === null) return 130;
    const failed = requests.filter((one) => !one.asExpected).length;
    say(
      failed === 0
        ? '\nAll four requests ended as they should.'
        : `\n${failed} requests did NOT end as they should.`,
    );
    if (values.exit) return failed === 0 ? 0 : 1;
    say(
      `\n  Portal:  ${portal.url}\n\nSign in there as maintainer, approver or reviewer. Ctrl-C stops everything.`,
    );
    // The services run beside this process; looking after them is what keeps it alive.
    const services = [
      stack.postgres,
      stack.clamd,
      stack.gitHost,
      stack.codeHost,
      foundation.tsa,
      foundation.signer,
      portal,
    ];
    const down = new Set<string>();
    const watch = setInterval(() => void lookAfter(services, down), 5000);
    await interrupted;
    clearInterval(watch);
    say('\nStopping…');
    return failed === 0 ? 0 : 1;
  } finally {
    await stop();
  }
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

const runFile = (paths: StackPaths): string => join(paths.state, 'demo-running.json');

/** What says that this demo runs, and where its portal is: the countersign command looks here for an address. */
async function noteRun(paths: StackPaths, more: { readonly portal?: string }): Promise<void> {
  const identity = await processIdentity(process.pid);
  await writeFile(runFile(paths), JSON.stringify({ pid: process.pid, identity, ...more }));
}

async function alreadyRunning(paths: StackPaths): Promise<boolean> {
  const file = runFile(paths);
  if (!existsSync(file)) return false;
  try {
    const { pid, identity } = JSON.parse(await readFile(file, 'utf8')) as { pid: number; identity: string };
    if ((await processIdentity(pid)) !== identity) return false;
    say(
      `The demo is already running (process ${pid}).\n\n  Portal:  ${(await readReportUrl(paths.demo)) ?? 'starting'}`,
    );
    return true;
  } catch {
    return false; // cut short by a crash: it tells nothing
  }
}

process.exitCode = await main();
process.exit();
