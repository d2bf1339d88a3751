/** A release as the fake GitHub knows it, and the look at it that a policy asks for. */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitHubOrigin } from '#core/generated/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { originPolicyOf, providers, type AskedBuild } from '#core/origin/index.ts';
import { failures, type Finding } from '#core/wire/finding/index.ts';
import { seededRepositories, startGitHub } from '../../../dev/github/index.ts';
import { openCodeHosts } from './open.ts';

export const workflowPath = '.github/workflows/release.yml';
const action = (name: string): string => `${name}@${'a'.repeat(40)}`;
export const workflow = [
  'name: release',
  'on:',
  '  push:',
  "    tags: ['v*']",
  'jobs:',
  '  build:',
  '    runs-on: ubuntu-24.04',
  '    steps:',
  `      - uses: ${action('actions/checkout')}`,
  '      - run: make',
  '',
].join('\n');

const files = { [workflowPath]: workflow, 'main.c': 'int main;' };
const repository = seededRepositories.parcelShelf;

export type Lines = Partial<Omit<GitHubOrigin, 'provider' | 'buildSystem' | 'repository' | 'workflow'>>;

/** Tag v1.0.0 on main, a run that ended well, and an annotated tag that names its commit. */
export async function openBuilt(token = 'dev-signer-admin', timeoutSeconds = 10) {
  const gitHub = await startGitHub();
  const { state } = gitHub;
  const owner = state.need(repository).ownerId;
  const builds = state.startBuilding(repository);
  builds.commit({ 'main.c': '' }, 'main');
  const commit = builds.commit(files, 'main');
  builds.tag('v1.0.0', commit, true);
  const run = builds.run({
    path: workflowPath,
    event: 'push',
    headBranch: 'v1.0.0',
    headSha: commit,
  });
  run.startedAt = before(1);
  const upload = (name: string, bytes: Buffer, runId = run.id) =>
    state.artifacts.upload({ name, bytes, runId, repositoryId: repository, headSha: commit });
  const packed = Buffer.from('PK of what was built');
  const artifact = upload('program', packed);
  const uri = `https://github.com/${state.fullName(state.need(repository))}`;
  const claims = {
    issuer: 'https://token.actions.githubusercontent.com',
    san: '',
    repositoryUri: uri,
    repositoryId: String(repository),
    ref: 'refs/tags/v1.0.0',
    commit: parseCommitSha(commit),
    trigger: 'push',
    runUri: `${uri}/actions/runs/${run.id}/attempts/1`,
  };
  const asked = (lines: Lines, changes: Partial<typeof claims> = {}): AskedBuild => {
    const origin = {
      buildSystem: 'github',
      repository: { id: String(repository), ownerId: String(owner), uri },
      workflow: workflowPath,
      refs: { tags: ['v*'] },
      triggers: ['push'],
      runner: 'github-hosted',
      codeHost: 'asked',
      ...lines,
    } as GitHubOrigin;
    const buildSystem = { name: 'github', issuer: claims.issuer, trustRoot: 'public', hostApi: gitHub.url };
    return {
      policy: originPolicyOf(origin, buildSystem, { purpose: 'release', age: null }),
      claims: { ...claims, ...changes },
      sha256: createHash('sha256').update(packed).digest('hex'),
    };
  };
  const waits: number[] = [];
  const hosts = openCodeHosts(
    [
      {
        api: gitHub.url,
        token: { file: await tokenFile(token) },
        requestsPerHourMax: 5000,
        timeoutSeconds,
      },
    ],
    () => new Date(),
    (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  );
  const questions = providers.github.host;
  if (questions === null) throw new Error('GitHub is asked');
  const look = (build: AskedBuild) =>
    hosts.look({ api: gitHub.url, project: 'parcel-shelf', questions, build });
  /** The verdict over what the fake answers now. */
  const judge = async (lines: Lines, changes: Partial<typeof claims> = {}) => {
    const build = asked(lines, changes);
    const answers = await look(build);
    const verdict = questions.judge(
      build,
      new Map(answers.map(({ question, answer }) => [question.key, answer])),
      (path) => ({ file: path.join('.'), line: 1, column: 1 }),
    );
    return { ...verdict, answers, failed: failed(verdict.findings), rules: rulesOf(verdict.findings) };
  };
  return {
    gitHub,
    hosts,
    builds,
    run,
    commit,
    claims,
    uri,
    repository,
    look,
    asked,
    judge,
    waits,
    artifact,
    upload,
  };
}

export type Built = Awaited<ReturnType<typeof openBuilt>>;

const failed = (findings: readonly Finding[]) => failures(findings).map(({ rule }) => rule);
const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);

/** Hours ago, as the host writes it. */
export const before = (hours: number): string =>
  new Date(Date.now() - hours * 3_600_000).toISOString().replace(/[.]\d+Z$/, 'Z');

async function tokenFile(token: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'signer-token-')), 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return file;
}
