/** What the demo's policy has the signer ask, put to the demo's code host by the signer's own rules. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { providers, type AskedBuild } from '#core/origin/index.ts';
import { effectivePolicy, formatDiagnostic, loadSnapshot } from '#core/policy/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import { readFolder } from '../../cli/policy/read-folder.ts';
import { openCodeHosts, type CodeHosts } from '../../signer/daemon/code-host/index.ts';
import { addDemoBuilds, startGitHub, type GitHubFake } from '../github/index.ts';
import { projectDirectory } from '../stack/index.ts';
import type { DemoArtifacts } from './artifacts.ts';
import { askingTheHost } from './asking-the-host.ts';
import { askingPolicy, demoProject, demoRequests } from './scenario.ts';

let folder: string;
let gitHub: GitHubFake;
let hosts: CodeHosts;
let policy: AskedBuild['policy'];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  gitHub = await startGitHub();
  addDemoBuilds(gitHub.state);
  const seed = join(folder, 'seed');
  await cp(join(projectDirectory, 'policies'), seed, { recursive: true });
  const { adapt, codeHosts = [] } = askingTheHost({ codeHost: gitHub });
  await adapt?.(seed);
  const loaded = loadSnapshot((await readFolder(seed)).files, parseCommitSha('5e'.repeat(20)));
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  const slugs = [parseProjectSlug(demoProject), parsePolicySlug(askingPolicy)] as const;
  const found = effectivePolicy(loaded.snapshot, ...slugs);
  if (!found.ok || found.value.originPolicy === null) throw new Error('the policy wants no origin');
  policy = found.value.originPolicy;
  const file = join(folder, 'token');
  const configured = codeHosts.map(({ api }) => ({
    api,
    token: { file },
    requestsPerHourMax: 100,
    timeoutSeconds: 10,
  }));
  await writeFile(file, codeHosts[0]?.token ?? '', { mode: 0o600 });
  hosts = openCodeHosts(configured, () => new Date());
});
afterAll(async () => {
  await gitHub.stop();
  await rm(folder, { recursive: true });
  expect(gitHub.misfits).toEqual([]);
});

const artifacts: DemoArtifacts = { label: 'a program', genuine: 'a', infected: 'b', altered: 'c' };
const requests = demoRequests(artifacts, { asksHost: true, onGitLab: true });
const asking = requests.filter((request) => request.policy === askingPolicy);

it.each(asking)('$name is judged as the demo says', async ({ run, rule }) => {
  const uri = run?.repository?.uri ?? '';
  const claims = {
    issuer: 'https://token.development-build-system.example',
    san: '',
    repositoryUri: uri,
    repositoryId: run?.repository?.id ?? '',
    ref: run?.ref ?? '',
    commit: parseCommitSha(run?.commit ?? ''),
    trigger: 'push',
    runUri: `${uri}/actions/runs/${run?.runId ?? ''}/attempts/1`,
  };
  const build: AskedBuild = { policy, claims, sha256: '0'.repeat(64) };
  const questions = providers.github.host;
  if (questions === null) throw new Error('GitHub is asked');
  const answers = await hosts.look({ api: gitHub.url, project: demoProject, questions, build });
  const { findings } = questions.judge(
    build,
    new Map(answers.map(({ question, answer }) => [question.key, answer])),
    (path) => ({ file: path.join('.'), line: 1, column: 1 }),
  );
  expect(findings.length).toBeGreaterThan(5);
  expect(failures(findings).map((finding) => finding.rule)).toEqual(rule === null ? [] : [rule]);
});

it('asks nothing where nobody can be asked', () => {
  const usual = demoRequests(artifacts, { asksHost: false, onGitLab: false });
  expect(usual.map(({ name }) => name)).toEqual(['signed', 'wrong-branch', 'infected', 'altered']);
  expect(requests.slice(-usual.length)).toEqual(usual);
});
