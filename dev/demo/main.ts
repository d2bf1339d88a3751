/** `npm run demo`: starts everything, does the main job, leaves the portal running (or, with --exit, stops it all). */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseProjectSlug } from '../../lib/core/ids/index.ts';
import { createApiToken } from '../../lib/projects/index.ts';
import { parsePortalConfig } from '../../lib/platform/config/index.ts';
import { openPortal } from '../../lib/platform/portal/index.ts';
import { startFoundation, startPortalOf, type Foundation } from '../foundation/index.ts';
import { prepareStackPaths, processIdentity, startStack, step, type StackPaths } from '../stack/index.ts';
import { prepareArtifacts } from './artifacts.ts';
import { printOutcome, readReportUrl, reportOutcome, writeReport, type ReportedRequest } from './report.ts';
import { demoProject, demoRequests, playRequest } from './scenario.ts';

const { values } = parseArgs({ options: { exit: { type: 'boolean', default: false } } });
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  const paths = prepareStackPaths();
  if (await alreadyRunning(paths)) return 0;
  const startedAt = Date.now();
  const stack = await startStack();
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> =>
    (stopped ??= stack.stop().then(() => rm(runFile(paths), { force: true })));
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  try {
    await writeFile(
      runFile(paths),
      JSON.stringify({ pid: process.pid, identity: await processIdentity(process.pid) }),
    );
    const foundation = await startFoundation(stack);
    const portal = await startPortalOf(foundation);
    say(`\nEverything is up after ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
    const requests = await Promise.race([play(foundation, portal.url), interrupted.then(() => null)]);
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
    await interrupted;
    say('\nStopping…');
    return failed === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}

async function play(foundation: Foundation, portalUrl: string): Promise<readonly ReportedRequest[]> {
  const { paths } = foundation.stack;
  const folder = paths.demo;
  const artifacts = await step('Fetching a real Windows program from npm', () =>
    prepareArtifacts(join(folder, 'artifacts')),
  );
  const token = await keepApiToken(paths);
  const context = {
    foundation,
    portal: { url: portalUrl, token },
    folder: join(folder, 'requests'),
    say: () => undefined,
  };
  const reported: ReportedRequest[] = [];
  for (const request of demoRequests(artifacts)) {
    const outcome = await step(`Request: ${request.title}`, () => playRequest(context, request));
    const one = await reportOutcome(foundation, portalUrl, join(folder, 'requests'), outcome);
    printOutcome(one, say);
    reported.push(one);
  }
  say(`\n  Report:  ${await writeReport(folder, portalUrl, reported)}`);
  return reported;
}

/** The demo project's token: the one of last time, or a new one made by the operator's own verb. */
async function keepApiToken(paths: StackPaths): Promise<string> {
  const file = join(paths.secrets, 'demo-api-token');
  const config = parsePortalConfig(await readFile(join(paths.portal, 'config.yaml'), 'utf8'), paths.portal);
  const portal = openPortal(config);
  try {
    if (existsSync(file)) {
      const token = await readFile(file, 'utf8');
      const tokenSha256 = createHash('sha256').update(token).digest('hex');
      if ((await portal.db.apiToken.count({ where: { tokenSha256, revokedAt: null } })) > 0) return token;
    }
    const ctx = { ...portal, actor: { kind: 'operator', name: 'demo' } as const };
    const input = { project: parseProjectSlug(demoProject), name: 'demo' };
    const { token } = await createApiToken({ ctx, input });
    await writeFile(file, token, { mode: 0o600 });
    return token;
  } finally {
    await portal.close();
  }
}

const runFile = (paths: StackPaths): string => join(paths.state, 'demo-running.json');

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
