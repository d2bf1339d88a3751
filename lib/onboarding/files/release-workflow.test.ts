import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SigningPolicy } from '#core/generated/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { submitStepFor } from './release-guide.ts';
import { lookAtWorkflow, releaseWorkflow } from './release-workflow.ts';
import { submissionUnder, submitCommands } from './submission.ts';

const place = { portal: 'https://sign.example', project: parseProjectSlug('parcel-shelf') };
const policy = {
  origin: { workflow: '.github/workflows/release.yml', refs: { tags: ['v*', "it's-*"], branches: ['main'] } },
} as unknown as SigningPolicy;

const submission = submissionUnder({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root: { type: 'msi', sign: { method: 'authenticode' } },
});

/** Runs commands with a curl that writes down what it was given. */
function run(commands: string, environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-guide-'));
  try {
    writeFileSync(join(folder, 'a b.exe'), 'program');
    writeFileSync(join(folder, 'bundle.json'), '{"mediaType":"x"}\n');
    const curl = `#!/bin/sh\nprintf '%s\\n' "$@" >> ${folder}/calls; case "$*" in *@-*) cat > ${folder}/body;; esac\n`;
    writeFileSync(join(folder, 'curl'), curl, { mode: 0o755 });
    const env = {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      COUNTERSIGN_TOKEN: 'csn_secret',
      NODE_ENV: 'test' as const,
    };
    execFileSync('sh', ['-euc', commands], { cwd: folder, env: { ...env, ...environment } });
    return {
      calls: readFileSync(join(folder, 'calls'), 'utf8'),
      body: JSON.parse(readFileSync(join(folder, 'body'), 'utf8')) as unknown,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the commands to submit', () => {
  it.each([true, false])(
    'upload the file under its digest, then submit complete JSON (bundle: %s)',
    (withBundle) => {
      const { calls, body } = run(submitCommands(place, 'release-signing', { withBundle, parameters: [] }), {
        FILE: 'a b.exe',
        BUNDLE: 'bundle.json',
      });
      const digest = execFileSync('sh', ['-c', 'printf program | sha256sum | cut -c 1-64'], {
        encoding: 'utf8',
      }).trim();
      expect(calls).toContain(`https://sign.example/api/v1/artifacts/${digest}`);
      expect(calls).toContain('Authorization: Bearer csn_secret');
      expect(body).toEqual({
        project: 'parcel-shelf',
        policy: 'release-signing',
        artifact: { sha256: digest, name: 'a b.exe' },
        ...(withBundle ? { bundle: { mediaType: 'x' } } : {}),
      });
    },
  );
});

describe('parameters that the policy asks for', () => {
  const asked = submissionUnder({
    apiVersion: 'countersign/v1',
    kind: 'ArtifactConfiguration',
    parameters: [
      { name: 'version', pattern: '*.*' },
      { name: 'app-name', default: 'Widget', pattern: 'Widget*' },
      { name: 'constant', default: 'x' },
    ],
    root: { type: 'nuget', sign: { method: 'nuget' } },
  });

  it('are sent by the commands', () => {
    const { body } = run(submitCommands(place, 'release-signing', { ...asked, withBundle: false }), {
      FILE: 'a b.exe',
      PARAMETER_VERSION: '1.2.3',
      PARAMETER_APP_NAME: 'Widget & Co',
    });
    expect(body).toMatchObject({ parameters: { version: '1.2.3', 'app-name': 'Widget & Co' } });
  });

  it('come with the check of another program, the one for such files', () => {
    expect(asked.check('root.pem')).toContain('dotnet nuget verify');
    expect(submission.check('root.pem')).toContain('osslsigncode verify -CAfile root.pem');
  });

  it('are variables of the workflow, with the tag for the version', () => {
    const made = parse(releaseWorkflow(place, 'release-signing', policy, asked)) as {
      readonly jobs: Record<string, { readonly env: unknown }>;
    };
    expect(made.jobs['release']?.env).toEqual({
      FILE: 'CHANGE-ME.nupkg',
      PARAMETER_VERSION: '${{ github.ref_name }}',
      PARAMETER_APP_NAME: 'Widget',
    });
  });
});

describe('the workflow to copy', () => {
  const text = releaseWorkflow(place, 'release-signing', policy, submission);
  const workflow = parse(text) as {
    readonly on: unknown;
    readonly permissions: unknown;
    readonly jobs: Record<
      string,
      { readonly permissions: unknown; readonly steps: readonly Record<string, string>[] }
    >;
  };

  it('is YAML with the triggers that the policy allows and no permission that it doesn’t need', () => {
    expect(workflow.on).toEqual({ push: { branches: ['main'], tags: ['v*', "it's-*"] } });
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs['release']?.permissions).toEqual({
      contents: 'read',
      'id-token': 'write',
      attestations: 'write',
    });
  });

  it('pins every action to a commit, and leaves the build step to the project', () => {
    const steps = workflow.jobs['release']?.steps ?? [];
    for (const { uses } of steps)
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(steps.find((step) => step['name'] === 'Build')?.['run']).toContain('exit 1');
  });

  const submitOf = (source: string) =>
    (parse(source) as typeof workflow).jobs['release']?.steps.find((step) => step['name'] === 'Submit') ?? {};

  it('submits with the same commands that are shown for a terminal, each by an identity token of its own', () => {
    const submit = submitOf(text);
    const before = 'COUNTERSIGN_TOKEN=$(identity_token)';
    const commands = submitCommands(place, 'release-signing', { withBundle: true, parameters: [] });
    const [, given = ''] = submit['run']?.split('\n}\n') ?? [];
    expect(given.split('\n').filter((line) => line === before)).toHaveLength(2);
    expect(given.replaceAll(`${before}\n`, '').trim()).toBe(commands);
    expect(text).not.toContain('secrets.');
    expect(submit['env']).toEqual({ BUNDLE: '${{ steps.attest.outputs.bundle-path }}' });
    expect(submit['run']).toContain(
      '"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https%3A%2F%2Fsign.example" | jq --raw-output .value',
    );
  });

  it('has a secret where the policy takes tokens alone', () => {
    const tokens = { ...policy, submitters: { tokens: ['ci'] } };
    const submit = submitOf(releaseWorkflow(place, 'release-signing', tokens, submission));
    expect(submit['env']).toMatchObject({ COUNTERSIGN_TOKEN: '${{ secrets.COUNTERSIGN_TOKEN }}' });
    expect(submit['run']?.trim()).toBe(
      submitCommands(place, 'release-signing', { withBundle: true, parameters: [] }),
    );
  });

  describe('where the foundation names its Action', () => {
    const commit = 'a'.repeat(40);
    const at = { ...place, action: { uses: 'example/countersign/action', commit, version: 'v1.2.0' } };
    const asked = submissionUnder({
      apiVersion: 'countersign/v1',
      kind: 'ArtifactConfiguration',
      parameters: [
        { name: 'version', pattern: '*.*' },
        { name: 'app-name', default: 'Widget: #1', pattern: 'W*' },
      ],
      root: { type: 'msi', sign: { method: 'authenticode' } },
    });
    const stepOf = (source: string) =>
      (parse(source) as typeof workflow).jobs['release']?.steps.find((step) => step['name'] === 'Submit');

    it('uses it by commit, with the project’s own values and without a secret', () => {
      const source = releaseWorkflow(at, 'release-signing', policy, asked);
      expect(source).toContain(`uses: example/countersign/action@${commit} # v1.2.0`);
      expect(stepOf(source)).toEqual({
        name: 'Submit',
        id: 'submit',
        uses: `example/countersign/action@${commit}`,
        with: {
          portal: 'https://sign.example',
          project: 'parcel-shelf',
          policy: 'release-signing',
          file: '${{ env.FILE }}',
          bundle: '${{ steps.attest.outputs.bundle-path }}',
          parameters: 'version=${{ github.ref_name }}\napp-name=Widget: #1\n',
        },
      });
      expect(source).not.toContain('curl');
      expect(source).not.toContain('secrets.');
      const filled = source.replace('Put your own build here: it has to make $FILE', 'Building');
      expect(lookAtWorkflow('a.yml', filled, at, { runner: 'github-hosted' })).toMatchObject({ done: true });
    });

    const { origin = {} as never } = policy;
    it('has a step for each policy, with a token where the policy asks for one', () => {
      const [made] = parse(
        submitStepFor(at, 'test-signing', { purpose: 'test' } as SigningPolicy, submission, origin) ?? '',
      ) as { with: unknown }[];
      expect(made?.with).toEqual({
        portal: 'https://sign.example',
        project: 'parcel-shelf',
        policy: 'test-signing',
        file: 'CHANGE-ME.msi',
        'api-token': '${{ secrets.COUNTERSIGN_TOKEN }}',
      });
      expect(submitStepFor(place, 'test-signing', policy, submission, origin)).toBeNull();
      const gitlab = { origin: { provider: 'gitlab' } } as unknown as SigningPolicy;
      expect(submitStepFor(at, 'a', gitlab, submission, origin)).toBeNull();
    });

    it('calls the reusable workflow where the policy pins it as builder, at the ref that the policy names', () => {
      const uri = 'https://github.com/example/countersign/.github/workflows/countersign.yml';
      const built = (ref: string) =>
        ({
          ...policy,
          origin: { ...policy.origin, builder: { uri, ref, digest: commit } },
        }) as unknown as SigningPolicy;
      const source = releaseWorkflow(at, 'release-signing', built(commit), asked);
      expect(source).toContain(`uses: example/countersign/.github/workflows/countersign.yml@${commit}\n`);
      expect(releaseWorkflow(at, 'release-signing', built('refs/tags/v1'), asked)).toContain(
        `countersign.yml@v1 # ${commit}\n`,
      );
      const { jobs } = parse(source) as {
        jobs: { release: { with: Record<string, string>; permissions: object } };
      };
      const called = parse(
        readFileSync(join(import.meta.dirname, '../../../.github/workflows/countersign.yml'), 'utf8'),
      ) as { on: { workflow_call: { inputs: object } }; jobs: Record<string, { permissions: object }> };
      expect(
        Object.keys(jobs.release.with).filter((name) => !Object.hasOwn(called.on.workflow_call.inputs, name)),
      ).toEqual([]);
      // It grants what the jobs of the called one ask for, and no more.
      const granted = Object.assign(
        {},
        ...Object.values(called.jobs).map(({ permissions }) => permissions),
      ) as object;
      expect(jobs.release.permissions).toEqual({ ...granted, contents: 'write' });
      const origin = { runner: 'github-hosted', builder: { uri, ref: commit, digest: commit } } as const;
      const filled = source.replace('Put your own build here', 'Building');
      expect(lookAtWorkflow('a.yml', filled, at, origin)).toMatchObject({ done: true });
      expect(lookAtWorkflow('a.yml', 'jobs: {}', at, origin).found).toContain('the policy’s builder');
      // Another builder is somebody else's: how it is called, its own documentation says.
      const other = {
        ...built(commit),
        origin: {
          ...policy.origin,
          builder: { uri: uri.replace('example', 'other'), ref: commit, digest: commit },
        },
      } as unknown as SigningPolicy;
      expect(releaseWorkflow(at, 'release-signing', other, asked)).not.toContain('countersign.yml@');
    });

    it('publishes in a job of the environment that the policy names, which knows the request', () => {
      const waiting = { ...policy, publish: { environment: 'release: 1' } };
      const of = (from: typeof place) =>
        (
          parse(releaseWorkflow(from, 'release-signing', waiting, submission)) as {
            jobs: Record<
              'release' | 'publish',
              Record<string, unknown> & { steps: { id?: string; run?: string }[] }
            >;
          }
        ).jobs;
      for (const jobs of [of(at), of(place)]) {
        expect(jobs.release['outputs']).toEqual({ 'request-id': '${{ steps.submit.outputs.request-id }}' });
        expect(jobs.release.steps.filter(({ id }) => id === 'submit')).toHaveLength(1);
        expect(jobs.publish).toMatchObject({ needs: 'release', environment: 'release: 1' });
        expect(JSON.stringify(jobs.publish)).toContain('needs.release.outputs.request-id');
      }
      expect(of(at).publish.steps[0]).toMatchObject({ uses: `example/countersign/action@${commit}` });
      // What a shell runs takes nothing from the request but by variables.
      for (const { run = '' } of of(place).publish.steps) expect(run).not.toContain('${{');
      expect(releaseWorkflow(at, 'release-signing', policy, submission)).not.toContain('publish:');
      const uri = 'https://github.com/example/countersign/.github/workflows/countersign.yml';
      const called = {
        ...waiting,
        origin: { ...policy.origin, builder: { uri, ref: commit, digest: commit } },
      } as unknown as SigningPolicy;
      expect(releaseWorkflow(at, 'release-signing', called, submission)).toContain(
        'environment: "release: 1"',
      );
    });

    it('takes the inputs that the Action declares', () => {
      const { inputs } = parse(
        readFileSync(join(import.meta.dirname, '../../../action/action.yml'), 'utf8'),
      ) as { inputs: object };
      const tokens = { ...policy, submitters: { tokens: ['ci'] } };
      const given = stepOf(releaseWorkflow(at, 'release-signing', tokens, asked))?.['with'] ?? {};
      expect(Object.keys(given).filter((name) => !Object.hasOwn(inputs, name))).toEqual([]);
      expect(Object.keys(given)).toContain('api-token');
    });
  });

  it('is recognised in the repository, and what another workflow lacks is named', () => {
    const path = '.github/workflows/release.yml';
    const filled = text.replace('Put your own build here: it has to make $FILE', 'Building');
    expect(lookAtWorkflow(path, filled, place, { runner: 'github-hosted' })).toMatchObject({ done: true });
    expect(lookAtWorkflow(path, text, place, { runner: 'github-hosted' })).toMatchObject({
      done: false,
      found: expect.stringContaining('placeholder') as string,
    });
    expect(lookAtWorkflow(path, null, place, { runner: 'github-hosted' })).toMatchObject({ done: false });
    const own = filled.replace('runs-on: ubuntu-latest', 'runs-on: [self-hosted, linux]');
    expect(lookAtWorkflow(path, own, place, { runner: 'github-hosted' })).toMatchObject({
      done: false,
      found: expect.stringContaining('self-hosted') as string,
    });
    expect(lookAtWorkflow(path, own, place, { runner: { groups: ['ours'] } })).toMatchObject({ done: true });
    const elsewhere = lookAtWorkflow(path, text.replaceAll('sign.example', 'other.example'), place, {
      runner: 'github-hosted',
    });
    expect(elsewhere).toMatchObject({ done: false, found: expect.stringContaining('submits to') as string });
    expect(lookAtWorkflow(path, 'jobs: {}', place, { runner: 'github-hosted' }).found).toContain(
      'id-token: write',
    );
  });
});
