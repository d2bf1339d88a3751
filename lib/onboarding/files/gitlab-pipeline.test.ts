import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { GitLabOrigin, SigningPolicy } from '#core/generated/index.ts';
import { matchesRef } from '#core/glob/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { filledIn } from '../../../gitlab-component/component.fixture.ts';
import { buildFileFor, guideWordsFor, releaseGuideFor, submissionUnder, submitStepFor } from './index.ts';

const place = { portal: 'https://sign.example', project: parseProjectSlug('parcel-shelf') };
const origin: GitLabOrigin = {
  provider: 'gitlab',
  buildSystem: 'gitlab-com',
  repository: { id: '1', ownerId: '2', uri: 'https://gitlab.com/group/project' },
  refs: { tags: ['v*', '**/1.?'], branches: ['main'] },
  pipelineSources: ['push', 'web'],
  runner: 'gitlab-hosted',
  environment: 'release: "x"',
};
const submission = submissionUnder({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  parameters: [{ name: 'version', pattern: '*.*' }],
  root: { type: 'nuget', sign: { method: 'nuget' } },
});

interface Job {
  readonly rules: readonly { readonly if: string }[];
  readonly script: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

function made(changes: Partial<GitLabOrigin> = {}, submitters?: SigningPolicy['submitters']) {
  const policy = { origin: { ...origin, ...changes }, submitters } as unknown as SigningPolicy;
  const file = buildFileFor(place, 'release-signing', policy, submission);
  if (file === null) throw new Error('there is a guide for builds of GitLab');
  const jobs = parse(file.text) as { readonly release: Job; readonly countersign?: Job };
  return { ...file, job: jobs.release, submitting: jobs.countersign };
}

describe('the pipeline to copy', () => {
  it('lies where the policy says, with an id token for Sigstore and what requests need', () => {
    const { path, job } = made();
    expect(path).toBe('.gitlab-ci.yml');
    expect(made({ configuration: 'ci/release.yml' }).path).toBe('ci/release.yml');
    expect(job).toMatchObject({
      id_tokens: { SIGSTORE_ID_TOKEN: { aud: 'sigstore' } },
      environment: 'release: "x"',
      variables: { FILE: 'CHANGE-ME.nupkg' },
      artifacts: { paths: ['$FILE', '$BUNDLE'] },
    });
    expect(job['tags']).toBeUndefined();
    expect(made({ runner: 'self-hosted' }).job['tags']).toEqual(['CHANGE-ME']);
  });

  it('runs for what the policy would let pass: sources, and refs by the same patterns', () => {
    const rules = made().job.rules.map((rule) => rule.if);
    expect(rules).toHaveLength(3);
    for (const rule of rules) expect(rule).toContain('$CI_PIPELINE_SOURCE =~ /^(push|web)$/ && ');
    expect(rules[2]).toMatch(/\$CI_COMMIT_BRANCH == "main"$/);
    for (const [at, pattern] of ['v*', '**/1.?'].entries()) {
      const source = /\$CI_COMMIT_TAG =~ \/(.*)\/$/.exec(rules[at] ?? '')?.[1] ?? '';
      for (const tag of ['v1', 'xv1', 'v1/2', 'v', '1.2', 'a/1.2', 'a/b/1.2', '1x2', 'a/1.23'])
        expect(new RegExp(source).test(tag), `${pattern} ${tag}`).toBe(matchesRef(pattern, tag));
    }
  });

  it('attests by SLSA provenance that names its build, and then submits; the build is the project’s', () => {
    const [, build, attest] = made().job.script;
    expect(build).toContain('exit 1');
    const folder = mkdtempSync(join(tmpdir(), 'countersign-pipeline-'));
    try {
      writeFileSync(join(folder, 'cosign'), '#!/bin/sh\nprintf "%s\\n" "$@" > called\n', { mode: 0o755 });
      const env = {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        NODE_ENV: 'test' as const,
        CI_PROJECT_URL: origin.repository.uri,
        CI_COMMIT_SHA: 'a'.repeat(40),
        CI_SERVER_URL: 'https://gitlab.com',
        CI_JOB_URL: `${origin.repository.uri}/-/jobs/1`,
        BUNDLE: 'b.json',
        FILE: 'a b.nupkg',
      };
      execFileSync('sh', ['-euc', attest ?? ''], { cwd: folder, env });
      expect(JSON.parse(readFileSync(join(folder, 'predicate.json'), 'utf8'))).toMatchObject({
        buildDefinition: {
          buildType: expect.stringContaining('https://') as string,
          externalParameters: { source: origin.repository.uri },
          resolvedDependencies: [{ digest: { gitCommit: 'a'.repeat(40) } }],
        },
        runDetails: { metadata: { invocationId: `${origin.repository.uri}/-/jobs/1` } },
      });
      const called = readFileSync(join(folder, 'called'), 'utf8').split('\n');
      expect(called).toEqual(
        expect.arrayContaining(['attest-blob', 'slsaprovenance1', 'b.json', 'a b.nupkg']),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('submits in a job of its own, at whose start GitLab gives the token, and that the policy holds to the same', () => {
    const { job, submitting } = made({ runner: 'self-hosted' });
    expect(submitting).toMatchObject({
      needs: ['release'],
      id_tokens: { COUNTERSIGN_TOKEN: { aud: 'https://sign.example' } },
      environment: job['environment'],
      tags: job['tags'],
      rules: job.rules,
      variables: { FILE: 'CHANGE-ME.nupkg', PARAMETER_VERSION: '$CI_COMMIT_REF_NAME' },
    });
    expect(submitting?.script.at(-1)).toContain('https://sign.example/api/v1/requests');
    expect(job.script.join()).not.toContain('curl');
  });

  it('submits with an API token, where the policy takes no builds', () => {
    const { job, submitting, text } = made(
      {},
      {
        people: ['nora'],
      },
    );
    expect(submitting).toBeUndefined();
    expect(text).toContain('COUNTERSIGN_TOKEN is a variable of the project');
    expect(job.variables).toMatchObject({ PARAMETER_VERSION: '$CI_COMMIT_REF_NAME' });
    expect(job.script.at(-1)).toContain('https://sign.example/api/v1/requests');
  });

  it('is recognised in the repository, and what another configuration lacks is named', () => {
    const { path, text } = made();
    const look = (content: string | null) => releaseGuideFor(origin)?.lookAt(path, content, place, origin);
    expect(look(text.replace('Put your own build here', 'Building'))).toMatchObject({ done: true });
    expect(look(text)?.found).toContain('placeholder');
    expect(look(null)).toMatchObject({ done: false });
    expect(look('build: {}')?.found).toContain('cosign attest-blob');
    expect(look('build: {}')?.found).toContain('submits to https://sign.example');
  });

  it('has the component submit where the foundation names it, with what this job made', () => {
    const commit = 'a'.repeat(40);
    const at = { ...place, component: { uses: 'group/countersign/submit', commit } };
    const policy = { origin } as unknown as SigningPolicy;
    const text = buildFileFor(at, 'release-signing', policy, submission)?.text ?? '';
    const { include, release } = parse(text) as {
      include: { component: string; inputs: object }[];
      release: Job;
    };
    expect(include).toEqual([
      {
        component: `$CI_SERVER_FQDN/group/countersign/submit@${commit}`,
        inputs: {
          portal: 'https://sign.example',
          project: 'parcel-shelf',
          policy: 'release-signing',
          from: 'release',
          file: 'CHANGE-ME.nupkg',
          bundle: 'attestation.sigstore.json',
          parameters: ['version=$CI_COMMIT_REF_NAME'],
          environment: 'release: "x"',
          rules: release.rules,
        },
      },
    ]);
    expect(release['artifacts']).toEqual({ paths: ['$FILE', '$BUNDLE'] });
    expect(text).not.toContain('curl');
    // As the component takes them, and its job runs where and when the one that builds does.
    const { environment, rules } = filledIn({ ...include[0]?.inputs, environment: 'release' });
    expect({ environment, rules }).toEqual({ environment: 'release', rules: release.rules });
  });

  it('has the component submit under another policy in a job of its own, where and when the release is built', () => {
    const at = { ...place, component: { uses: 'group/countersign/submit', commit: 'a'.repeat(40) } };
    const test = { purpose: 'test' } as unknown as SigningPolicy;
    const text = submitStepFor(at, 'test-signing', test, submission, origin) ?? '';
    const { include } = parse(text) as { include: { inputs: Readonly<Record<string, unknown>> }[] };
    expect(include[0]?.inputs).toMatchObject({
      policy: 'test-signing',
      job: 'countersign-test-signing',
      bundle: '',
      rules: made().job.rules,
    });
    expect(filledIn({ ...include[0]?.inputs, environment: 'release' }).script).toHaveLength(1);
    // What GitHub offers is nothing for it, and builds of GitHub aren't this project's.
    const action = { uses: 'owner/countersign/action', commit: 'a'.repeat(40) };
    expect(submitStepFor({ ...place, action }, 'test-signing', test, submission, origin)).toBeNull();
    const onGitHub = { origin: { provider: 'github' } } as unknown as SigningPolicy;
    expect(submitStepFor(at, 'a', onGitHub, submission, origin)).toBeNull();
  });

  it('is what the guide shows', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/first-release.md'), 'utf8');
    const [text = '', lines = ''] = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, block]) => block);
    const shown = (parse(lines) as { readonly origin: GitLabOrigin }).origin;
    const installer = submissionUnder({
      apiVersion: 'countersign/v1',
      kind: 'ArtifactConfiguration',
      root: { type: 'msi', sign: { method: 'authenticode' } },
    });
    const at = { portal: 'https://sign.example', project: parseProjectSlug('widget') };
    const policy = { origin: shown } as unknown as SigningPolicy;
    expect(text).toBe(buildFileFor(at, 'release-signing', policy, installer)?.text);
  });

  it('comes with words of its own code host', () => {
    expect(guideWordsFor('gitlab').secret).toContain('CI/CD');
    expect(guideWordsFor('github').secret).toContain('Actions');
  });
});
