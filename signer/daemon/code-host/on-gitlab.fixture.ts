/** A release as the fake GitLab knows it, and the look at it that a policy asks for. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitLabOrigin } from '#core/generated/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { originPolicyOf, providers, type AskedBuild } from '#core/origin/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import { exampleProject, startGitLabApi } from '../../../dev/gitlab/index.ts';
import { openCodeHosts } from './open.ts';

export type GitLabLines = Partial<
  Omit<GitLabOrigin, 'provider' | 'buildSystem' | 'repository' | 'configuration'>
>;

const uri = 'https://gitlab.com/example/tools/widget';

/** Annotated tag v1.0.0 on main, and a pipeline of it that ended well. */
export async function openOnGitLab(token = 'glpat-maintainer', requestsPerHourMax = 2000) {
  const gitLab = await startGitLabApi();
  const project = gitLab.projects.get(exampleProject.id);
  if (project === undefined) throw new Error('the fake has the project');
  project.commit({ 'main.c': '' }, 'main');
  const commit = project.commit({ 'main.c': 'int main;', '.gitlab-ci.yml': 'build: {script: make}' }, 'main');
  project.tag('v1.0.0', commit, true);
  const pipeline = project.pipeline({ sha: commit, ref: 'v1.0.0', tag: true, source: 'push' });
  const build = project.job(pipeline, 'build');
  const claims = {
    issuer: 'https://gitlab.com',
    san: '',
    repositoryUri: uri,
    repositoryId: String(project.id),
    ref: 'refs/tags/v1.0.0',
    commit: parseCommitSha(commit),
    trigger: 'push',
    runUri: `${uri}/-/jobs/${build.id}`,
  };
  const asked = (lines: GitLabLines, changes: Partial<typeof claims> = {}): AskedBuild => {
    const origin = {
      provider: 'gitlab',
      buildSystem: 'gitlab',
      repository: { id: String(project.id), ownerId: String(exampleProject.namespace.id), uri },
      refs: { tags: ['v*'], branches: ['main'] },
      pipelineSources: ['push'],
      runner: 'gitlab-hosted',
      codeHost: 'asked',
      ...lines,
    } as GitLabOrigin;
    const system = { name: 'gitlab', issuer: claims.issuer, trustRoot: 'public', hostApi: gitLab.api };
    return {
      policy: originPolicyOf(origin, { ...system, provider: 'gitlab' }, { purpose: 'release', age: null }),
      claims: { ...claims, ...changes },
      sha256: 'd'.repeat(64),
    };
  };
  const file = join(await mkdtemp(join(tmpdir(), 'signer-token-')), 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  const waits: number[] = [];
  const hosts = openCodeHosts(
    [{ api: gitLab.api, token: { file }, requestsPerHourMax, timeoutSeconds: 10 }],
    () => new Date(),
    (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  );
  const questions = providers.gitlab.host;
  if (questions === null) throw new Error('GitLab is asked');
  const look = (one: AskedBuild) => hosts.look({ api: gitLab.api, project: 'widget', questions, build: one });
  /** The verdict over what the fake answers now. */
  const judge = async (lines: GitLabLines = {}, changes: Partial<typeof claims> = {}) => {
    const one = asked(lines, changes);
    const answers = await look(one);
    const verdict = questions.judge(
      one,
      new Map(answers.map(({ question, answer }) => [question.key, answer])),
      (path) => ({ file: path.join('.'), line: 1, column: 1 }),
    );
    const found = failures(verdict.findings);
    return { ...verdict, answers, failed: found.map(({ rule }) => rule), found: found[0]?.found ?? null };
  };
  return { gitLab, project, pipeline, build, commit, claims, uri, look, asked, judge, waits };
}

export type OnGitLab = Awaited<ReturnType<typeof openOnGitLab>>;
