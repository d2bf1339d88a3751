import { describe, expect, it } from 'vitest';
import { gitlabPolicy } from '../../../../dev/build-system/gitlab.fixture.ts';
import { exampleJob, type PipelineJob } from '../../../../dev/build-system/index.ts';
import { tokenClaimsOf } from '../../../../dev/gitlab/index.ts';
import { failures } from '../../wire/finding/index.ts';
import { judgeToken, providers } from '../index.ts';

const found = providers.gitlab.identityToken;
if (found === null) throw new Error('GitLab has identity tokens');
const tokens = found;

const read = (changes: Readonly<Record<string, unknown>> = {}, job: Partial<PipelineJob> = {}) =>
  tokens.read({ ...tokenClaimsOf({ ...exampleJob, ...job }), ...changes });

function judged(job: Partial<PipelineJob> = {}, policy = gitlabPolicy, issuer = exampleJob.issuer) {
  const token = read({}, job);
  if (!token.ok) throw new Error(token.problem);
  return judgeToken({ provider: 'gitlab', issuer, token: token.token, policy, locate: () => null });
}
const refused = (...input: Parameters<typeof judged>): readonly string[] =>
  failures(judged(...input)).map(({ rule }) => rule);

describe('the identity token of a pipeline that its policy describes', () => {
  it('is taken, by every rule that a certificate of it is held to', () => {
    expect(refused()).toEqual([]);
    expect(refused({ ref: 'v1.2.3', refType: 'tag', pipelineSource: 'web' })).toEqual([]);
    const rules = judged({ environment: 'release' }, { ...gitlabPolicy, environment: 'release' });
    expect(rules.map(({ rule }) => rule)).toEqual(['origin.issuer', ...providers.gitlab.rules]);
    expect(failures(rules)).toEqual([]);
  });

  it('says who runs the job of which pipeline', () => {
    expect(read({ user_id: '7', pipeline_id: '55' })).toMatchObject({
      ok: true,
      token: { repositoryId: exampleJob.projectId, run: '55', attempt: '1', accountId: '7' },
    });
    expect(tokens.runAddress('https://gitlab.com/example/widget', '55', '1')).toBe(
      'https://gitlab.com/example/widget/-/pipelines/55',
    );
  });
});

describe('the identity token of another pipeline', () => {
  it.each<readonly [string, Partial<PipelineJob>, readonly string[]]>([
    ['on a branch that begins with an allowed name', { ref: 'main-evil' }, ['origin.ref']],
    ['on a tag called like an allowed branch', { ref: 'main', refType: 'tag' }, ['origin.ref']],
    ['of a merge request', { pipelineSource: 'merge_request_event' }, ['origin.trigger']],
    ['started by another pipeline', { pipelineSource: 'parent_pipeline' }, ['origin.trigger']],
    ['of another configuration', { configuration: 'evil.yml' }, ['origin.workflow', 'origin.signer']],
    [
      'of a configuration of another project',
      { ciConfigRefUri: 'gitlab.com/mallory/ci//.gitlab-ci.yml@refs/heads/main' },
      ['origin.workflow', 'origin.signer'],
    ],
    ['of a configuration at another commit', { ciConfigSha: 'f'.repeat(40) }, ['origin.commit']],
    ['of a project of another id', { projectId: '1' }, ['origin.repository']],
    ['in another namespace', { namespaceId: '1' }, ['origin.owner']],
    [
      'of a project of another path, with the same ids in its token',
      { projectPath: 'mallory/widget' },
      ['origin.repository-uri', 'origin.workflow', 'origin.signer', 'origin.run'],
    ],
    ['on a runner of one’s own', { runnerEnvironment: 'self-hosted' }, ['origin.runner']],
    ['of a private project', { visibility: 'private' }, ['origin.visibility']],
  ])('%s is refused, in words about a pipeline', (_, job, rules) => {
    const failed = failures(judged(job));
    expect(failed.map(({ rule }) => rule)).toEqual(rules);
    for (const { rule, message, fix } of failed) {
      expect(tokens.words[rule]).toEqual({ message, fix });
      expect(message).not.toMatch(/certificate|attest|file was/);
    }
  });

  it('by another issuer, or without the environment that the policy names, is refused', () => {
    expect(refused({}, gitlabPolicy, 'https://gitlab.evil.example')).toEqual(['origin.issuer']);
    const inRelease = { ...gitlabPolicy, environment: 'release' };
    expect(refused({}, inRelease)).toEqual(['origin.environment']);
    expect(refused({ environment: 'staging' }, inRelease)).toEqual(['origin.environment']);
  });

  it('of a fork’s merge request, which names the fork or the project, is no token of either', () => {
    const fork = read({ job_project_id: '999' });
    expect(fork).toMatchObject({ ok: false });
    expect(fork.ok ? '' : fork.problem).toContain('the job ran in the project 999');
  });
});

describe('a token that isn’t as GitLab writes it', () => {
  it.each([
    ['project_id', 20_000_001],
    ['project_id', undefined],
    ['job_project_id', undefined],
    ['namespace_id', '07'],
    ['project_path', 'widget'],
    ['project_path', 'a/../b c'],
    ['user_id', undefined],
    ['user_id', 7],
    ['pipeline_id', '1e9'],
    ['job_id', ['1']],
    ['ref', 'main\nother'],
    ['ref_type', 'commit'],
    ['sha', 'main'],
    ['ci_config_ref_uri', 'gitlab.com/a/b//c.yml'],
    ['ci_config_sha', 'main'],
    ['environment', 7],
    ['environment', 'a\u0000b'],
  ])('has %s %j, and is read by nobody', (name, value) => {
    const found = read({ [name]: value });
    expect(found).toMatchObject({ ok: false });
    expect(found.ok ? '' : found.problem).toContain(name);
  });

  it('isn’t saved by its subject, which projects may shape', () => {
    expect(read({ sub: 'project_path:example/tools/widget', project_id: undefined }).ok).toBe(false);
  });

  it('without the commit of its configuration is read, and refused by the rule about it', () => {
    for (const ci_config_sha of [undefined, null]) {
      const token = read({ ci_config_sha });
      if (!token.ok) throw new Error(token.problem);
      const all = judgeToken({
        provider: 'gitlab',
        issuer: exampleJob.issuer,
        token: token.token,
        policy: gitlabPolicy,
        locate: () => null,
      });
      expect(failures(all).map(({ rule }) => rule)).toEqual(['origin.commit']);
    }
    // Of a configuration that lies elsewhere, GitLab says null of both.
    const problem = 'the claim ci_config_ref_uri is missing';
    expect(read({ ci_config_ref_uri: null, ci_config_sha: null })).toEqual({ ok: false, problem });
  });
});

it('what is pinned for GitLab are the algorithm, the place of the keys, and whose accounts a token names', () => {
  expect(tokens.algorithms).toEqual(['RS256']);
  for (const server of ['https://gitlab.com', 'https://gitlab.example']) {
    expect(tokens.keysUrl(server)).toBe(`${server}/oauth/discovery/keys`);
    expect(tokens.accounts(server)).toEqual({ host: 'gitlab', server });
  }
  expect(tokens.audienceLine('https://sign.example')).toBe(
    'id_tokens: { COUNTERSIGN_ID_TOKEN: { aud: https://sign.example } }',
  );
});
