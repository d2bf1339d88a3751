/**
 * The Action as a runner starts it: the built file in action/dist/, a runner's environment, GitHub's service of tokens and the runner's of
 * artifacts, and the portal's own routes. What the signer would write is written here.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFetching } from '../dev/api-contract/fetching.ts';
import { addDeniedRequest } from '../dev/api-contract/rich-rows.ts';
import { startArtifacts, startTokenService } from '../dev/github/index.ts';
import type { ArtifactsFake, TokenRun, TokenService } from '../dev/github/index.ts';
import { addEntries, findingOf, stepEntries } from '../dev/seed/index.ts';
import { testFolder } from '../dev/test/index.ts';
import { answerFrom } from '../lib/platform/portal/current.fixture.ts';
import { declared, inputs } from './environment.fixture.ts';
import { releaseOf, servePortal, stateOf, type ServedPortal } from './portal.fixture.ts';

const project = 'esbuild-demo';
const repository = {
  id: '900100200',
  ownerId: '900100',
  uri: 'https://github.com/countersign-demo/esbuild-windows',
};
const built = Buffer.from('what a build made');
const signed = Buffer.from('what the signer made of it');
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const usual = { project, policy: 'release-signing', file: 'out/*.tgz' };

let service: TokenService;
let artifacts: ArtifactsFake;
let on: ServedPortal;
let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  service = await startTokenService();
  artifacts = await startArtifacts();
  on = await servePortal(service.keysUrl);
  folder = await testFolder('workspace');
});
afterAll(async () => {
  await on.close();
  await service.stop();
  await artifacts.stop();
  await folder.release();
});

interface Ended {
  readonly status: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** A step of a job. `meanwhile` is called with what it has printed, each time. */
async function run(
  given: Readonly<Record<string, string>>,
  more: {
    readonly job?: Partial<TokenRun>;
    readonly environment?: Readonly<Record<string, string>>;
    /** What the build made. */
    readonly bytes?: Buffer;
    readonly meanwhile?: (log: string, kill: (signal: 'SIGINT') => void) => void;
  } = {},
): Promise<Ended> {
  const workspace = join(folder.folder, randomUUID());
  const temporary = join(workspace, 'temp');
  await mkdir(join(workspace, 'out'), { recursive: true });
  await mkdir(temporary);
  const bundle = join(temporary, 'attestation.json');
  const statement = {
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name: 'a', digest: { sha256: sha256Of(built) } }],
  };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  for (const [file, text] of [
    [join(workspace, 'out', 'widget.tgz'), more.bytes ?? built],
    [bundle, JSON.stringify({ mediaType: 'x', dsseEnvelope: { payload } })],
    [join(temporary, 'created_attestation_paths.txt'), `${bundle}\n`],
    [join(temporary, 'output'), ''],
    [join(temporary, 'summary'), ''],
  ] as const)
    await writeFile(file, text);
  const job = { repository, ...more.job };
  const child = spawn(process.execPath, [join(import.meta.dirname, declared.runs.main)], {
    cwd: workspace,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      GITHUB_ACTIONS: 'true',
      GITHUB_RUN_ATTEMPT: String(job.attempt ?? 1),
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: temporary,
      GITHUB_OUTPUT: join(temporary, 'output'),
      GITHUB_STEP_SUMMARY: join(temporary, 'summary'),
      ...service.startJob(job),
      ...inputs({ portal: on.url, ...given }),
      ...more.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      more.meanwhile?.(log, (signal) => child.kill(signal));
    });
  }
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const outputs = await readFile(join(temporary, 'output'), 'utf8');
  const summary = await readFile(join(temporary, 'summary'), 'utf8');
  return {
    status,
    log,
    summary,
    outputs: Object.fromEntries(
      [...outputs.matchAll(/^(\S+)<<(\S+)\n([^]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [
        name,
        value,
      ]),
    ),
  };
}

describe('a release', () => {
  let id = '';

  it('is asked for without a secret, and the job ends', async () => {
    const { status, log, outputs, summary } = await run(usual);
    expect(log).not.toContain('::error');
    expect(status).toBe(0);
    id = outputs['request-id'] ?? '';
    expect(outputs).toEqual({
      'request-id': id,
      'request-url': `${on.url}/requests/${id}`,
      state: 'received',
      outcome: '',
      'signed-files': '',
      sha256: '',
    });
    expect(Object.keys(declared.outputs).toSorted()).toEqual(Object.keys(outputs).toSorted());
    const { rows } = await on.owner.query<Record<string, unknown>>(
      'SELECT submitted_by, artifact_sha256, bundle_sha256 IS NOT NULL AS proven FROM portal.signing_request WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([
      {
        submitted_by: 'build:github/900100200/1000000001/1 by person:demo-maintainer',
        artifact_sha256: sha256Of(built),
        proven: true,
      },
    ]);
    expect(summary).toContain(`[${id.replaceAll('-', String.raw`\-`)}](${on.url}/requests/${id})`);
    expect(summary).toContain('No runner waits');
    // Each token is hidden, and stands nowhere else.
    const tokens = [...log.matchAll(/^::add-mask::(ey\S+)$/gm)].map(([, token = '']) => token);
    expect(tokens.length).toBeGreaterThan(0);
    expect(log.match(/\bey[\w-]+\.[\w-]+\./g)).toHaveLength(tokens.length);
  });

  it('is gone on with when the job is run again, which the policy wouldn’t let submit', async () => {
    const again = await run(usual, { job: { attempt: 2 } });
    expect(again.log).not.toContain('::error');
    expect(again.outputs['request-id']).toBe(id);
    expect(again.summary).toContain('made before');
    expect(again.status).toBe(0);
  });

  it('waited for, is downloaded once people approved it, and held against its digest', async () => {
    await stateOf(on, id, 'waiting-for-approval');
    let released = false;
    const { status, outputs, summary, log } = await run(
      { 'request-id': id, output: 'signed' },
      {
        meanwhile(said) {
          if (released || !said.includes('waiting-for-approval')) return;
          released = true;
          void releaseOf(on, id, signed);
        },
      },
    );
    expect(log).not.toContain('::error');
    expect(status).toBe(0);
    expect(outputs).toMatchObject({
      state: 'completed',
      'signed-files': join('signed', 'widget.tgz'),
      sha256: sha256Of(signed),
    });
    expect(summary).toContain('✅ Signed');
    expect(summary).toContain(sha256Of(signed));
  });
});

describe('an attestation that the host keeps', () => {
  let host: Awaited<ReturnType<typeof openFetching>>;
  beforeAll(async () => {
    host = await openFetching(on.portal);
    answerFrom(host.portal);
  });
  afterAll(async () => {
    answerFrom(on.portal);
    await host.close();
  });
  const from = { ...usual, 'bundle-from': 'github' };

  it('is looked up by the file’s digest, and none is sent', async () => {
    await host.attest('another build');
    const token = host.jobToken();
    const { status, log, outputs } = await run(
      { ...from, 'bundle-token': token },
      { bytes: Buffer.from('another build') },
    );
    expect(log).not.toContain('::error');
    expect(status).toBe(0);
    // Hidden before it is used, and nowhere else.
    expect(log.split(token)).toHaveLength(2);
    expect(log).toContain(`::add-mask::${token}`);
    const { rows } = await on.owner.query<Record<string, unknown>>(
      'SELECT artifact_sha256, bundle_sha256 IS NOT NULL AS proven FROM portal.signing_request WHERE id = $1',
      [outputs['request-id']],
    );
    expect(rows).toEqual([{ artifact_sha256: sha256Of(Buffer.from('another build')), proven: true }]);
  });

  it('that isn’t there refuses the step with what to do', async () => {
    const { status, log, outputs } = await run(from, { bytes: Buffer.from('attested by nobody') });
    expect(status).toBe(1);
    expect(outputs).toEqual({});
    expect(log).toContain('::error title=Countersign%3A ORIGIN_EVIDENCE_MISSING::');
    expect(log).toContain('Attest this very file');
  });
});

it('a run that is cancelled ends within the time that a runner gives, and says how to go on', async () => {
  const run1 = artifacts.startRun();
  run1.upload('other.tgz', Buffer.from('another build'), { archive: false });
  const { ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN } = run1;
  let cancelledAt = 0;
  const { status, log, outputs, summary } = await run(
    {
      project,
      policy: 'release-signing',
      'artifact-name': 'other.tgz',
      bundle: 'temp/attestation.json',
      wait: 'poll',
    },
    {
      environment: { ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN },
      meanwhile(said, kill) {
        if (cancelledAt > 0 || !/^received/m.test(said)) return;
        cancelledAt = Date.now();
        kill('SIGINT');
      },
    },
  );
  expect(Date.now() - cancelledAt).toBeLessThan(7_500);
  expect(status).toBe(130);
  const id = outputs['request-id'] ?? '';
  expect(log).toContain(
    `::warning title=Countersign%3A interrupted::The step was cancelled.%0AThe request ${id} goes on without this run`,
  );
  expect(log).toContain(`use request-id: ${id} in place of file`);
  expect(summary).toContain(`/requests/${id}`);
  expect(log).not.toContain(ACTIONS_RUNTIME_TOKEN);
});

describe('a refusal', () => {
  it('by the signer fails the step with the signer’s words', async () => {
    const id = await addDeniedRequest(on.owner, project);
    const { status, log, outputs, summary } = await run({ 'request-id': id });
    expect(status).toBe(1);
    expect(outputs).toMatchObject({ state: 'denied', outcome: 'denied' });
    expect(log).toMatch(/^::error title=Countersign%3A inspection\.unexpected::/m);
    expect(summary).toContain('❌ Denied');
    expect(summary).toContain('#### Why');
  });

  it('by somebody who cancelled it is told as that', async () => {
    const id = await addDeniedRequest(on.owner, project);
    await on.owner.query(
      `INSERT INTO portal.cancellation VALUES ($1, 'The wrong tag.', 'token:esbuild-demo/ci by person:x', now(), NULL)`,
      [id],
    );
    const entries = stepEntries(3, 'recheck', 'fail', [findingOf('received.cancelled', 1, 'fail')]);
    await addEntries(on.owner, id, entries);
    const { status, outputs, summary } = await run({ 'request-id': id });
    expect(status).toBe(1);
    expect(outputs).toMatchObject({ state: 'denied', outcome: 'cancelled' });
    expect(summary).toContain('⏹️ Cancelled');
  });

  it('of the build names the line of the policy, and nothing is submitted', async () => {
    const { status, log, outputs } = await run(usual, { job: { ref: 'refs/heads/feature' } });
    expect(status).toBe(1);
    expect(outputs).toEqual({});
    expect(log).toContain('::error title=Countersign%3A BUILD_NOT_ALLOWED::');
    expect(log).toMatch(
      /^::error title=Countersign%3A origin\.ref::.*refs\/heads\/feature.*release-signing\.yaml, line \d+/m,
    );
  });

  it('of the workflow’s own mistakes has a status of its own', async () => {
    const { status, log } = await run({ ...usual, policy: 'a b' });
    expect(status).toBe(2);
    expect(log).toContain('policy: "a b" is no name of a policy');
  });

  it('comes where the job may not say who it is, with what to write into the workflow', async () => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' };
    const { status, log } = await run(usual, { environment });
    expect(status).toBe(5);
    expect(log).toContain('permissions: { id-token: write }');
  });

  it('comes where there is no portal, without waiting for a name that nobody has', async () => {
    const { status, log } = await run({ ...usual, portal: 'https://portal.invalid' });
    expect(status).toBe(4);
    expect(log).toContain('https://portal.invalid can’t be reached');
  });
});
