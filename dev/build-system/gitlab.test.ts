/** Certificates as GitLab's jobs get them from Fulcio, and such as no honest job gets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { rejudgeClaims, type OriginPolicy } from '#core/origin/index.ts';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { effectivePolicy, loadSnapshot } from '#core/policy/index.ts';
import { seedCommit } from '#core/policy/seed.fixture.ts';
import { failures } from '#core/wire/finding/index.ts';
import { openTestBuildSystem } from './fixture.ts';
import { gitlabPolicy as policy } from './gitlab.fixture.ts';
import { exampleJob } from './index.ts';
import type { BuildOptions, ExtensionChanges, PipelineJob } from './index.ts';

let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
beforeAll(async () => {
  build = await openTestBuildSystem();
});
afterAll(() => build.remove());

const attest = (job: Partial<PipelineJob> = {}, others: BuildOptions = {}) =>
  build.attest({ ...others, job });
const failed = (bundle: unknown, changes: Partial<typeof policy> = {}) =>
  build.failedRules(bundle, { policy: { ...policy, ...changes } });

describe('an honest job', () => {
  it('is allowed, with every certified value and a finding for every rule', async () => {
    const bundle = await attest({ environment: 'release' });
    const result = await build.verify(bundle, { policy });
    expect(failures(result.findings)).toEqual([]);
    expect(result.findings).toHaveLength(19);
    const unjudged = result.findings.find(({ rule }) => rule === 'origin.claims')?.found;
    expect(unjudged).toContain('deployment environment (.23): release');
    expect(unjudged).toContain('address of the namespace (.16): https://gitlab.com/example/tools');
    expect(unjudged).not.toContain('(.20)');
    expect(result).toMatchObject({
      ok: true,
      value: {
        claims: {
          repositoryId: exampleJob.projectId,
          ownerId: exampleJob.namespaceId,
          commit: exampleJob.sha,
          ref: 'refs/heads/main',
          configuration: '.gitlab-ci.yml',
          trigger: 'push',
          runUri: `${policy.repository.uri}/-/jobs/${exampleJob.jobId}`,
          environment: 'release',
        },
      },
      facts: { claims: { buildConfigUri: `${policy.repository.uri}//.gitlab-ci.yml@refs/heads/main` } },
    });
  });

  const allowed: readonly [string, Partial<PipelineJob>, Partial<typeof policy>][] = [
    ['from a tag that a pattern covers', { ref: 'v1.2.3', refType: 'tag' }, {}],
    ['started by hand', { pipelineSource: 'web' }, {}],
    [
      'by a schedule, where the policy says so',
      { pipelineSource: 'schedule' },
      { pipelineSources: ['schedule'] },
    ],
    [
      'on a runner of its own, where the policy says so',
      { runnerEnvironment: 'self-hosted' },
      { runner: 'self-hosted' },
    ],
    ['of a private project, where the policy says so', { visibility: 'private' }, { visibility: 'any' }],
    ['in the environment that the policy names', { environment: 'release' }, { environment: 'release' }],
    [
      'with a configuration in a folder',
      { configuration: 'ci/release.yml' },
      { configuration: 'ci/release.yml' },
    ],
    [
      'of an instance with a Fulcio of its own',
      { instance: 'https://git.example.org/lab', issuer: 'https://git.example.org/lab' },
      {
        issuer: 'https://git.example.org/lab',
        repository: { ...policy.repository, uri: 'https://git.example.org/lab/example/tools/widget' },
      },
    ],
  ];
  it.each(allowed)('is allowed %s', async (_what, job, changes) => {
    expect(await failed(await attest(job), changes)).toEqual([]);
  });
});

const configurationAt = (path: string): string => path.replace('https://', '');
const own = configurationAt(policy.repository.uri);
const ofConfiguration = ['origin.workflow', 'origin.signer'];

const denied: readonly [string, Partial<PipelineJob>, readonly string[]][] = [
  // Before GitLab 18.2.2: the target's ids, and a ref that is called like the protected branch.
  ['of a merge request’s pipeline', { pipelineSource: 'merge_request_event' }, ['origin.trigger']],
  // Since then: the ids and the path of the fork.
  [
    'of a merge request from a fork',
    {
      pipelineSource: 'merge_request_event',
      projectId: '30000001',
      namespaceId: '8000001',
      projectPath: 'mallory/widget',
    },
    [
      ...['origin.repository', 'origin.repository-uri', 'origin.owner'],
      ...['origin.workflow', 'origin.signer', 'origin.trigger', 'origin.run'],
    ],
  ],
  ['of an external pull request', { pipelineSource: 'external_pull_request_event' }, ['origin.trigger']],
  ['of a child pipeline', { pipelineSource: 'parent_pipeline' }, ['origin.trigger']],
  ['of another project’s pipeline', { pipelineSource: 'pipeline' }, ['origin.trigger']],
  ['by a source that the policy leaves out', { pipelineSource: 'trigger' }, ['origin.trigger']],
  ['by a source in capitals', { pipelineSource: 'Push' }, ['origin.trigger']],
  [
    'by a source that contains an allowed one',
    { pipelineSource: 'container_registry_push' },
    ['origin.trigger'],
  ],
  [
    'in a fork’s own pipeline',
    { projectId: '30000001', namespaceId: '8000001' },
    ['origin.repository', 'origin.owner'],
  ],
  ['by a project registered anew under the same path', { projectId: '30000001' }, ['origin.repository']],
  ['in a namespace registered anew under the same path', { namespaceId: '8000001' }, ['origin.owner']],
  [
    'in a project of another path',
    { projectPath: 'Example/tools/widget' },
    ['origin.repository-uri', ...ofConfiguration, 'origin.run'],
  ],
  ['with another configuration', { configuration: 'evil.yml' }, ofConfiguration],
  [
    'with a configuration of another project',
    { ciConfigRefUri: 'gitlab.com/mallory/ci//.gitlab-ci.yml@refs/heads/main' },
    ofConfiguration,
  ],
  [
    'with a configuration from the web',
    { ciConfigRefUri: 'mallory.example/.gitlab-ci.yml@refs/heads/main' },
    ofConfiguration,
  ],
  [
    'with the configuration of another ref',
    { ciConfigRefUri: `${own}//.gitlab-ci.yml@refs/heads/dev` },
    ofConfiguration,
  ],
  [
    'with one slash before the configuration',
    { ciConfigRefUri: `${own}/.gitlab-ci.yml@refs/heads/main` },
    ofConfiguration,
  ],
  ['with a configuration of another commit', { ciConfigSha: 'f'.repeat(40) }, ['origin.commit']],
  ['with a short commit', { sha: '89abcde', ciConfigSha: '89abcde' }, ['origin.commit']],
  ['on a runner of its own', { runnerEnvironment: 'self-hosted' }, ['origin.runner']],
  ['on another branch', { ref: 'main-evil' }, ['origin.ref']],
  ['on a branch called like an allowed tag', { ref: 'v1' }, ['origin.ref']],
  ['on a tag called like an allowed branch', { ref: 'main', refType: 'tag' }, ['origin.ref']],
  ['of an internal project', { visibility: 'internal' }, ['origin.visibility']],
  ['by another issuer with the same ids', { issuer: 'https://gitlab.archlinux.org' }, ['origin.issuer']],
];

describe('a policy file', () => {
  const loaded = loadSnapshot(seedOnGitLab(), seedCommit);
  if (!loaded.ok) throw new Error('the seed on GitLab is a snapshot');
  const slugs = [parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')] as const;
  const effective = effectivePolicy(loaded.snapshot, ...slugs);
  const read = effective.ok ? effective.value.originPolicy : null;
  if (read === null) throw new Error('the seed on GitLab has a release policy');
  const job: Partial<PipelineJob> = {
    issuer: 'https://gitlab.com',
    projectPath: 'countersign-demo/tools/esbuild-windows',
  };

  it('is what a build is compared with, and a build that was recorded again', async () => {
    const { ok, facts, findings } = await build.verify(await attest(job), { policy: read });
    expect(failures(findings)).toEqual([]);
    expect(ok).toBe(true);
    const judged = (policy: OriginPolicy) =>
      failures(
        rejudgeClaims({
          claims: facts?.claims ?? {},
          signedAt: new Date(facts?.integratedAt ?? 0),
          policy,
          locate: () => null,
          now: new Date(),
        }),
      ).map(({ rule }) => rule);
    expect(judged(read)).toEqual([]);
    expect(
      judged({ ...policy, repository: read.repository, issuer: read.issuer, pipelineSources: ['web'] }),
    ).toEqual(['origin.trigger']);
  });

  it('refuses builds of the same project by another instance', async () => {
    const other = { ...job, issuer: 'https://gitlab.archlinux.org' };
    expect(await build.failedRules(await attest(other), { policy: read })).toEqual(['origin.issuer']);
  });
});

describe('a job that the policy does not allow', () => {
  it.each(denied)('is denied %s, for that reason alone', async (_what, job, rules) => {
    const result = await build.verify(await attest(job), { policy });
    expect(result.ok).toBe(false);
    const found = failures(result.findings);
    expect(found.map(({ rule }) => rule)).toEqual(rules);
    for (const finding of found) expect([finding.fix, finding.expected, finding.found]).not.toContain(null);
  });

  it('is denied on a hosted runner where the policy names one of its own', async () => {
    expect(await failed(await attest(), { runner: 'self-hosted' })).toEqual(['origin.runner']);
  });

  it.each([null, 'Release', 'release '])(
    'is denied in environment %j where another is named',
    async (environment) => {
      expect(await failed(await attest({ environment }), { environment: 'release' })).toEqual([
        'origin.environment',
      ]);
    },
  );

  it('is denied by a policy for builds of GitHub, and a run of GitHub by one for GitLab', async () => {
    expect((await build.verify(await attest())).ok).toBe(false);
    expect((await build.verify(await build.attest(), { policy })).ok).toBe(false);
  });
});

const jobAt = (uri: string): ExtensionChanges => ({ 21: uri });
const extensions: readonly [string, ExtensionChanges, readonly string[]][] = [
  ['no project id', { 15: null }, ['origin.repository']],
  ['two project ids', { 15: [exampleJob.projectId, '1'] }, ['origin.repository']],
  ['no namespace id', { 17: null }, ['origin.owner']],
  ['no pipeline source', { 20: null }, ['origin.trigger']],
  ['no runner', { 11: null }, ['origin.runner']],
  ['no ref', { 14: null }, [...ofConfiguration, 'origin.ref']],
  // What GitLab leaves out where the configuration lies elsewhere.
  ['no commit of the configuration', { 10: null, 19: null }, ['origin.commit']],
  ['a build configuration of another commit', { 19: 'f'.repeat(40) }, ['origin.commit']],
  ['a signing configuration of another commit', { 10: 'f'.repeat(40) }, ['origin.commit']],
  [
    'another signing configuration',
    { 9: `${policy.repository.uri}//evil.yml@refs/heads/main` },
    ['origin.signer'],
  ],
  [
    'another build configuration',
    { 18: `${policy.repository.uri}//evil.yml@refs/heads/main` },
    ['origin.workflow'],
  ],
  ['no visibility', { 22: null }, ['origin.visibility']],
  ['no issuer, though the legacy one is there', { 8: null }, ['origin.issuer']],
  ['no job', { 21: null }, ['origin.run']],
  ['a job of another project', jobAt('https://gitlab.com/mallory/widget/-/jobs/1'), ['origin.run']],
  ['a job without a number', jobAt(`${policy.repository.uri}/-/jobs/`), ['origin.run']],
  ['a pipeline in place of a job', jobAt(`${policy.repository.uri}/-/pipelines/1`), ['origin.run']],
];

describe('a certificate that no honest job gets', () => {
  it.each(extensions)('is denied with %s', async (_what, changes, rules) => {
    expect(await failed(await attest({}, { extensions: changes }))).toEqual(rules);
  });

  it('is denied when issued to another pipeline', async () => {
    const subjectUri = `${policy.repository.uri}//evil.yml@refs/heads/main`;
    expect(await failed(await attest({}, { subjectUri }))).toEqual(['origin.signer']);
  });
});
