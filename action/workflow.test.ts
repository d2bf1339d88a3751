/** The reusable workflow and the Action's description, by GitHub's own parser; and the workflow's commands, run. */
import { NoOperationTraceWriter, parseWorkflow, convertWorkflowTemplate } from '@actions/workflow-parser';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SigningPolicy } from '#core/generated/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { buildFileFor, checkPrograms } from '../lib/onboarding/files/index.ts';
import { declared } from './environment.fixture.ts';

interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly needs?: string;
  readonly environment?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly id?: string;
    readonly name?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, string>>;
  }[];
}
const file = path.join(import.meta.dirname, '../.github/workflows/countersign.yml');
const text = readFileSync(file, 'utf8');
const { jobs, permissions } = parse(text) as {
  readonly jobs: Readonly<Record<string, Job>>;
  readonly permissions: object;
};
const stepOf = (job: string, name: string) => jobs[job]?.steps.find((step) => step.name === name);

/** What GitHub's parser finds wrong. */
async function faultsOf(content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow(
    { name: 'countersign.yml', content },
    new NoOperationTraceWriter(),
  );
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

describe('the reusable workflow', () => {
  it('is one by GitHub’s own description', async () => {
    expect(await faultsOf(text)).toEqual([]);
    // The parser finds what is wrong.
    expect(await faultsOf(text.replace('runs-on: ubuntu-24.04', 'run-on: ubuntu-24.04'))).not.toEqual([]);
    expect(await faultsOf(text.replace('needs.build.outputs.name }}', 'nobody.build }}'))).not.toEqual([]);
  });

  it('is no better described than what the portal’s pages show, with the job that publishes', async () => {
    const place = { portal: 'https://sign.example', project: parseProjectSlug('widget') };
    const action = { uses: 'example/countersign/action', commit: 'a'.repeat(40) };
    const policy = {
      origin: { workflow: '.github/workflows/release.yml', refs: { tags: ['v*'] } },
      publish: { environment: 'release' },
    } as unknown as SigningPolicy;
    const asked = { file: 'widget.msi', parameters: [], check: checkPrograms };
    for (const from of [place, { ...place, action }]) {
      const file = buildFileFor(from, 'release-signing', policy, asked);
      expect(await faultsOf(file?.text ?? '')).toEqual([]);
      expect(file?.text).toContain('publish:');
    }
  });

  it('pins every action by commit; its own is the one at the workflow’s commit', () => {
    const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    for (const one of used) expect(one).toMatch(/^(?:[\w-]+\/[\w-]+@[0-9a-f]{40}|\.\/countersign\/action)$/);
    for (const job of ['submit', 'publish'])
      expect(stepOf(job, "Fetch the Action at this workflow's own commit")?.with).toMatchObject({
        repository: '${{ job.workflow_repository }}',
        ref: '${{ job.workflow_sha }}',
        'persist-credentials': false,
      });
  });

  it('gives the build no token of the run, and runs nothing of the project’s where there is one', () => {
    expect(permissions).toEqual({});
    expect(jobs['build']?.permissions).toEqual({ contents: 'read' });
    expect(jobs['submit']?.permissions).toEqual({
      contents: 'read',
      'id-token': 'write',
      attestations: 'write',
      actions: 'read',
    });
    // Before anything of the build's is there.
    expect(jobs['submit']?.steps.flatMap(({ run }, at) => (run === undefined ? [] : [at]))).toEqual([0]);
    expect(jobs['publish']?.permissions).toEqual({ contents: 'write' });
    expect(jobs['publish']?.environment).toBe('${{ inputs.environment }}');
    // What is given from outside is a value, and no text of a command.
    for (const { steps } of Object.values(jobs))
      for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  it('gives the Action the inputs that it has, and takes the outputs that it has', () => {
    for (const [job, name] of [
      ['submit', 'Submit'],
      ['publish', 'Fetch the signed file'],
    ] as const) {
      const step = stepOf(job, name);
      expect(Object.keys(step?.with ?? {}).filter((one) => !Object.hasOwn(declared.inputs, one))).toEqual([]);
      const taken = [...text.matchAll(new RegExp(`steps\\.${step?.id ?? ''}\\.outputs\\.([\\w-]+)`, 'g'))];
      expect(taken.length).toBeGreaterThan(0);
      for (const [, output = ''] of taken) expect(Object.keys(declared.outputs)).toContain(output);
    }
  });
});

describe('its commands', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'workflow-'));
    mkdirSync(path.join(folder, 'signed'));
    writeFileSync(path.join(folder, 'signed/a b.msi'), 'signed');
    writeFileSync(
      path.join(folder, 'gh'),
      `#!/bin/sh\nprintf '%s|' "$@" >> calls; echo >> calls\n[ "$1" != api ] || cat jobs\n[ "$2" != view ] || [ -e there ]\n`,
      { mode: 0o755 },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (job: string, name: string, env: Record<string, string>): string => {
    for (const one of ['calls', 'output']) writeFileSync(path.join(folder, one), '');
    execFileSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', stepOf(job, name)?.run ?? 'exit 9'],
      {
        cwd: folder,
        env: {
          PATH: `${folder}:${process.env['PATH'] ?? ''}`,
          NODE_ENV: 'test',
          GITHUB_OUTPUT: path.join(folder, 'output'),
          ...env,
        },
        stdio: 'pipe',
      },
    );
    return (
      readFileSync(path.join(folder, 'calls'), 'utf8') + readFileSync(path.join(folder, 'output'), 'utf8')
    );
  };

  it('build by the caller’s commands, and fail where these fail or make no file', () => {
    expect(
      run('build', 'Build', { BUILD: 'mkdir -p out\necho x > "out/a b.exe"', FILE: 'out/a b.exe' }),
    ).toBe('name=a b.exe\n');
    expect(() => run('build', 'Build', { BUILD: 'false\ntrue', FILE: 'out/a b.exe' })).toThrow();
    expect(() => run('build', 'Build', { BUILD: 'true', FILE: 'out/none' })).toThrow();
  });

  it('refuse a build that ran on a machine of others in any attempt, and one that can’t be seen', () => {
    const group = (...groups: readonly (readonly [name: string, group: string | null])[]) =>
      writeFileSync(
        path.join(folder, 'jobs'),
        groups
          .map(([name, runner_group_name]) => JSON.stringify({ jobs: [{ name, runner_group_name }] }))
          .join('\n'),
      );
    const look = () =>
      run('submit', 'Refuse a build on a machine of others', {
        REPOSITORY: 'a/b',
        RUN: '7',
        RUNNER_TEMP: folder,
      });
    group(['release / build', 'GitHub Actions'], ['tests', 'ours']);
    expect(look()).toBe('api|--paginate|repos/a/b/actions/runs/7/jobs?filter=all&per_page=100|\n');
    for (const groups of [
      [['release / build', 'ours']],
      [
        ['build', 'GitHub Actions'],
        ['build', 'ours'],
      ],
      [['release / build', null]],
      [['tests', 'GitHub Actions']],
    ] as const) {
      group(...groups);
      expect(look).toThrow();
    }
  });

  const sha256 = '8c49f9c4d7bc15a8fc8f4e09d0cc4e2e6c1b1bd4bba3e5bb1e5a3ca8ba3dd3ad';
  const publish = (more: Record<string, string> = {}) =>
    run('publish', 'Publish', {
      TAG: 'v1',
      REF_TYPE: 'tag',
      SIGNED: 'signed/a b.msi',
      SHA256: sha256,
      ...more,
    });

  it('publish the file of that digest as a release of the tag, made where there is none', () => {
    const digest = execFileSync('sha256sum', ['signed/a b.msi'], { cwd: folder, encoding: 'utf8' }).slice(
      0,
      64,
    );
    expect(publish({ SHA256: digest })).toBe(
      'release|view|v1|\nrelease|create|v1|--verify-tag|--title|v1|--generate-notes|\nrelease|upload|v1|signed/a b.msi|\n',
    );
    writeFileSync(path.join(folder, 'there'), '');
    expect(publish({ SHA256: digest })).toBe('release|view|v1|\nrelease|upload|v1|signed/a b.msi|\n');
    expect(publish({ REF_TYPE: 'branch' })).toBe('');
  });

  it('publish nothing of another digest, and nothing that isn’t there', () => {
    expect(() => publish()).toThrow();
    expect(() => publish({ SIGNED: '' })).toThrow();
    expect(readFileSync(path.join(folder, 'calls'), 'utf8')).toBe('');
  });
});

it('the description of the Action is one, and starts what lies there', () => {
  expect(declared.runs).toEqual({ using: 'node24', main: 'dist/main.js' });
  expect(readFileSync(path.join(import.meta.dirname, declared.runs.main), 'utf8')).toContain('runStep');
});
