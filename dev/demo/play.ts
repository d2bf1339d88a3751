/** What the demo does once everything runs: its requests, their outcomes, the report. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createToken, listTokens } from '../../cli/tokens.ts';
import type { Foundation } from '../foundation/index.ts';
import { StackError, step } from '../stack/index.ts';
import { prepareArtifacts } from './artifacts.ts';
import { hasAskingPolicy } from './asking-the-host.ts';
import { printOutcome, reportOutcome, writeReport, type ReportedRequest } from './report.ts';
import { gitLabProject, hasGitLabProject } from './on-gitlab.ts';
import { demoProject, demoRequests, playRequest } from './scenario.ts';

/** An author of the demo project, who isn't its approver. */
const demoTokenMaker = 'demo-maintainer';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Runs the demo's requests in a running foundation and writes report.json → the outcome of each. The program is
 * fetched into `artifactsFolder` once. What the code host is asked about comes first: the newest request is then the usual one.
 */
export async function playDemo(
  foundation: Foundation,
  portalUrl: string,
  artifactsFolder = join(foundation.stack.paths.demo, 'artifacts'),
): Promise<readonly ReportedRequest[]> {
  const { paths } = foundation.stack;
  const [asksHost, onGitLab] = [await hasAskingPolicy(foundation), await hasGitLabProject(foundation)];
  const folder = paths.demo;
  const artifacts = await step('Fetching a real Windows program from npm', () =>
    prepareArtifacts(artifactsFolder),
  );
  const tokens = new Map<string, string>();
  for (const project of [demoProject, ...(onGitLab ? [gitLabProject] : [])])
    tokens.set(project, await keepApiToken(foundation, portalUrl, project));
  const context = {
    foundation,
    folder: join(folder, 'requests'),
    say: () => undefined,
  };
  const reported: ReportedRequest[] = [];
  for (const request of demoRequests(artifacts, { asksHost, onGitLab })) {
    const outcome = await step(`Request: ${request.title}`, () =>
      playRequest(
        { ...context, portal: { url: portalUrl, token: tokens.get(request.project) ?? null } },
        request,
      ),
    );
    const one = await reportOutcome(foundation, portalUrl, join(folder, 'requests'), outcome);
    printOutcome(one, say);
    reported.push(one);
  }
  say(`\n  Report:  ${await writeReport(folder, portalUrl, reported)}`);
  return reported;
}

/** A token of one of the demo's projects: the one from the last run, or a new one that its author creates by command. */
async function keepApiToken(
  { stack, policies }: Foundation,
  portalUrl: string,
  project: string,
): Promise<string> {
  const name = project === demoProject ? 'demo-api-token' : `demo-api-token-${project}`;
  const file = join(stack.paths.secrets, name);
  const key = policies.people.get(demoTokenMaker);
  if (key === undefined) throw new StackError('BAD_STATE', `${demoTokenMaker} has no key`);
  const common = {
    portal: { url: portalUrl, token: null },
    project,
    keyFile: key.privateKeyFile,
  };
  if (existsSync(file)) {
    const token = await readFile(file, 'utf8');
    const sha256 = createHash('sha256').update(token).digest('hex');
    const found = (await listTokens(common)).find((listed) => sha256.startsWith(listed.fingerprint));
    if (found?.state === 'active') return token;
  }
  const { token } = await createToken({ ...common, name: 'demo', policies: [], days: 90 });
  await writeFile(file, token, { mode: 0o600 });
  return token;
}
