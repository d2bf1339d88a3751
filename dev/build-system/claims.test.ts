import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failures } from '#core/wire/finding/index.ts';
import { openTestBuildSystem, policy } from './fixture.ts';
import { exampleRun } from './index.ts';
import type { BuildOptions, ExtensionChanges, WorkflowRun } from './index.ts';

let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
beforeAll(async () => {
  build = await openTestBuildSystem();
});
afterAll(() => build.remove());

describe('an honest build', () => {
  it.each(['0.1', '0.2', '0.3'] as const)('is allowed with a bundle of version %s', async (bundleVersion) => {
    expect(await build.failedRules(await build.attest({ bundleVersion }))).toEqual([]);
  });

  it('yields every certified value and a finding for every rule', async () => {
    const at = new Date('2026-01-02T03:04:05Z');
    const result = await build.verify(await build.attest({ at, run: { environment: 'release' } }));
    expect(result.findings).toHaveLength(20);
    const unjudged = result.findings.find((finding) => finding.rule === 'origin.claims');
    expect(unjudged?.outcome).toBe('info');
    expect(unjudged?.found).toContain('deployment environment (.23): release');
    expect(unjudged?.found).toContain('subject of the token (.24): repo:example/widget:ref:refs/heads/main');
    expect(unjudged?.found).not.toContain('(.14)');
    expect(result).toMatchObject({
      ok: true,
      value: {
        claims: {
          repositoryId: '123456789',
          commit: exampleRun.commit,
          runAttempt: 1,
          workflowPath: exampleRun.workflow,
          environment: 'release',
        },
        integratedAt: at,
      },
    });
  });

  it('is allowed from a tag that a pattern covers', async () => {
    const run = { ref: 'refs/tags/v1.2.3', trigger: 'release' };
    expect(await build.failedRules(await build.attest({ run }))).toEqual([]);
  });
});

const evil = { ...exampleRun.repository, uri: 'https://github.com/mallory/widget' };
const builds: readonly [string, Partial<WorkflowRun>, readonly string[]][] = [
  ['on a self-hosted runner', { runner: 'self-hosted' }, ['origin.runner']],
  ['on a branch that begins with an allowed name', { ref: 'refs/heads/main-evil' }, ['origin.ref']],
  ['on a branch in a folder with an allowed name', { ref: 'refs/heads/main/evil' }, ['origin.ref']],
  ['on a branch called like an allowed tag', { ref: 'refs/heads/v1' }, ['origin.ref']],
  ['on a tag called like an allowed branch', { ref: 'refs/tags/main' }, ['origin.ref']],
  // `refs/tags/` is one character shorter than `refs/heads/`: cut off blindly, this is branch main.
  ['on a tag whose name ends with an allowed branch', { ref: 'refs/tags/xmain' }, ['origin.ref']],
  ['on a branch whose name ends with an allowed one', { ref: 'refs/heads/xmain' }, ['origin.ref']],
  // Git tells cases apart.
  ['on a branch in capitals', { ref: 'refs/heads/Main' }, ['origin.ref']],
  ['on a ref in capitals', { ref: 'REFS/heads/main' }, ['origin.ref']],
  ['on a branch named like its ref', { ref: 'refs/heads/refs/heads/main' }, ['origin.ref']],
  ['on a remote’s branch', { ref: 'refs/remotes/origin/main' }, ['origin.ref']],
  ['on a tag in capitals', { ref: 'refs/tags/V1' }, ['origin.ref']],
  ['of a repository that is not public', { visibility: 'private' }, ['origin.visibility']],
  ['on a tag with a slash, which * leaves out', { ref: 'refs/tags/v1/evil' }, ['origin.ref']],
  [
    'of a pull request',
    { ref: 'refs/pull/7/merge', trigger: 'pull_request' },
    ['origin.ref', 'origin.trigger'],
  ],
  ['by pull_request_target on the allowed branch', { trigger: 'pull_request_target' }, ['origin.trigger']],
  ['by workflow_run', { trigger: 'workflow_run' }, ['origin.trigger']],
  ['in a second attempt', { attempt: 2 }, ['origin.rerun']],
  ['with another workflow', { workflow: '.github/workflows/evil.yml' }, ['origin.workflow']],
  ['with another issuer', { issuer: `${exampleRun.issuer}/enterprise` }, ['origin.issuer']],
  [
    'in a repository of another id',
    { repository: { ...exampleRun.repository, id: '1' } },
    ['origin.repository'],
  ],
  ['for another owner', { repository: { ...exampleRun.repository, ownerId: '1' } }, ['origin.owner']],
  ['in a fork', { repository: evil }, ['origin.repository-uri', 'origin.workflow', 'origin.run']],
  [
    'signed by a reusable workflow that no policy names',
    { signerUri: 'https://github.com/other/builder/.github/workflows/build.yml@refs/tags/v1' },
    ['origin.signer'],
  ],
];

describe('a build that the policy does not allow', () => {
  it.each(builds)('is denied %s, for that reason alone', async (_what, run, rules) => {
    const result = await build.verify(await build.attest({ run }));
    expect(result.ok).toBe(false);
    const failed = failures(result.findings);
    expect(failed.map((finding) => finding.rule)).toEqual(rules);
    for (const finding of failed) expect([finding.fix, finding.expected, finding.found]).not.toContain(null);
  });

  // What looks alike, and what Git has no ref for.
  it.each([
    'refs/heads/m\u0430in',
    'refs/heads/main\u200b',
    'refs/heads/main\n',
    'refs/tags/v1\nx',
    'main',
    '',
  ])('is denied on %j', async (ref) => {
    expect((await build.verify(await build.attest({ run: { ref } }))).ok).toBe(false);
  });

  it('is allowed in a second attempt where the policy says so', async () => {
    const bundle = await build.attest({ run: { attempt: 2 } });
    expect(await build.failedRules(bundle, { policy: { ...policy, allowReruns: true } })).toEqual([]);
  });

  it('is allowed for any visibility and a claimed environment where the policy says so, and not without it', async () => {
    const hidden = await build.attest({ run: { visibility: 'private', environment: 'release' } });
    const asking = { ...policy, visibility: 'any', environment: 'release' } as const;
    expect(await build.failedRules(hidden, { policy: asking })).toEqual([]);
    const cases: readonly (readonly [string | null, readonly string[]])[] = [
      [null, ['origin.environment']],
      ['Release', ['origin.environment']],
      ['release ', ['origin.environment']],
      ['release', []],
    ];
    for (const [environment, rules] of cases) {
      const bundle = await build.attest({ run: { environment } });
      expect(await build.failedRules(bundle, { policy: asking })).toEqual(rules);
    }
    const twice = await build.attest({ extensions: { 23: ['release', 'release'] } });
    expect(await build.failedRules(twice, { policy: asking })).toEqual(['origin.environment']);
  });

  it('lists claims of the certificate that no rule compares, whatever they contain', async () => {
    const bundle = await build.attest({
      extensions: { 24: 'a\u202eb\n', 16: Uint8Array.of(1, 1, 255), 22: 'internal' },
    });
    const { findings } = await build.verify(bundle, { policy: { ...policy, visibility: 'any' } });
    const found = findings.find((finding) => finding.rule === 'origin.claims')?.found;
    expect(found).toContain('subject of the token (.24): a\ufffdb\ufffd');
    expect(found).toContain('address of the owner (.16): (not text)');
    expect(found).toContain('visibility of the repository (.22): internal');
    expect(found).toContain('issuer, old form (.1): ');
  });

  it('is reported with the line of the policy that denies it', async () => {
    const bundle = await build.attest({ run: { ref: 'refs/heads/dev' } });
    const file = 'projects/widget/policies/release-signing.yaml';
    const locate = (path: readonly (string | number)[]) => ({
      file,
      line: path[0] === 'refs' ? 9 : 1,
      column: 3,
    });
    const [finding] = failures((await build.verify(bundle, { locate })).findings);
    expect(finding?.policy).toEqual({ file, line: 9, column: 3 });
  });
});

const utf8 = (...bytes: readonly number[]) => Uint8Array.from(bytes);
const extensions: readonly [string, ExtensionChanges, readonly string[]][] = [
  ['no runner', { 11: null }, ['origin.runner']],
  ['no repository id', { 15: null }, ['origin.repository']],
  ['no commit', { 13: null }, ['origin.commit']],
  ['no ref, though the legacy one is there', { 14: null }, ['origin.workflow', 'origin.ref']],
  ['no issuer, though the legacy one is there', { 8: null }, ['origin.issuer']],
  ['two runners', { 11: ['github-hosted', 'self-hosted'] }, ['origin.runner']],
  ['the same runner twice', { 11: ['github-hosted', 'github-hosted'] }, ['origin.runner']],
  ['a runner as raw text', { 11: new TextEncoder().encode('github-hosted') }, ['origin.runner']],
  ['an id as a PrintableString', { 15: utf8(0x13, 1, 0x31) }, ['origin.repository']],
  ['bytes after the value', { 15: utf8(0x0c, 1, 0x31, 0) }, ['origin.repository']],
  ['a length in long form', { 15: utf8(0x0c, 0x81, 1, 0x31) }, ['origin.repository']],
  ['text that is not UTF-8', { 15: utf8(0x0c, 1, 0xff) }, ['origin.repository']],
  ['a NUL after the id', { 15: `${exampleRun.repository.id}\0` }, ['origin.repository']],
  ['an empty id', { 15: '' }, ['origin.repository']],
  ['an oversized issuer', { 8: 'x'.repeat(2000) }, ['origin.issuer']],
  ['a short commit', { 13: '0123456', 10: '0123456', 19: '0123456' }, ['origin.commit']],
  ['a workflow of another commit', { 19: 'f'.repeat(40) }, ['origin.commit']],
  ['a signing workflow of another commit', { 10: 'f'.repeat(40) }, ['origin.commit']],
  ['no word on whether the repository is public', { 22: null }, ['origin.visibility']],
  ['two words on whether it is', { 22: ['public', 'private'] }, ['origin.visibility']],
  ['Public, in capitals', { 22: 'Public' }, ['origin.visibility']],
  ['an unjudged claim twice', { 24: ['repo:a', 'repo:b'] }, ['origin.claims']],
  ['no run', { 21: null }, ['origin.run', 'origin.rerun']],
  [
    'a run without attempt',
    { 21: `${policy.repository.uri}/actions/runs/1` },
    ['origin.run', 'origin.rerun'],
  ],
  [
    'attempt 01',
    { 21: `${policy.repository.uri}/actions/runs/1/attempts/01` },
    ['origin.run', 'origin.rerun'],
  ],
];

describe('a certificate that no honest build system issues', () => {
  it.each(extensions)('is denied with %s', async (_what, changes, rules) => {
    expect(await build.failedRules(await build.attest({ extensions: changes }))).toEqual(rules);
  });

  const certificates: readonly [string, BuildOptions, readonly string[]][] = [
    [
      'issued to another workflow',
      { subjectUri: `${policy.repository.uri}/evil@refs/heads/main` },
      ['origin.signer'],
    ],
    ['for another purpose than code signing', { forCodeSigning: false }, ['origin.certificate']],
  ];
  it.each(certificates)('is denied when %s', async (_what, options, rules) => {
    expect(await build.failedRules(await build.attest(options))).toEqual(rules);
  });
});
