import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '#core/policy/index.ts';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { decode, encode, seedCommit, seedWithKeys, seedAsShipped } from '#core/policy/seed.fixture.ts';
import { lintRules, lintSnapshot } from './index.ts';
import type { KnownCertificate, LintRuleId } from './index.ts';

const project = 'projects/esbuild-demo/project.yaml';
const release = 'projects/esbuild-demo/policies/release-signing.yaml';
const artifact = 'projects/esbuild-demo/artifacts/windows-package.yaml';
const now = new Date('2026-06-01T00:00:00Z');
const seed = seedWithKeys();

type Change = readonly [path: string, from: string, to: string];

function findings(
  changes: readonly Change[] = [],
  certificates: readonly KnownCertificate[] | null = null,
  files = new Map(seed),
) {
  for (const [path, from, to] of changes) {
    const text = decode(files.get(path));
    expect(text).toContain(from);
    files.set(path, encode(text.replace(from, to)));
  }
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return lintSnapshot({ snapshot: loaded.snapshot, certificates, now }).filter(
    (lintFinding) => !lintFinding.file.startsWith('projects/zip-demo/'),
  );
}

const expected: readonly (readonly [rule: LintRuleId, change: Change, file: string, words: string])[] = [
  [
    'lint.unreachable-include',
    [
      artifact,
      'package/package.json',
      "'**/*.json'\n      matches: {min: 0, max: 9}\n    - type: file\n      path: 'docs/*.json'",
    ],
    artifact,
    '`docs/*.json` can never match: `**/*.json` (line',
  ],
  [
    'lint.vacuous-counts',
    [artifact, 'path: package/esbuild.exe', 'path: package/esbuild.exe\n      matches: {min: 0, max: 1}'],
    artifact,
    'an artifact without any of them passes',
  ],
  ['lint.third-party-files', [artifact, 'package/esbuild.exe', "'**/*.dll'"], artifact, 'any library'],
  [
    'lint.third-party-files',
    [artifact, 'package/esbuild.exe', "'app/node_modules/**/*.exe'"],
    artifact,
    'files in node_modules',
  ],
  [
    'lint.opaque-file',
    [artifact, 'path: package/README.md', "path: 'package/*.zip'\n      opaque: {reason: Made by upstream.}"],
    artifact,
    'any number of files that match',
  ],
  ['lint.any-ref', [release, '[main]', "['**']"], release, 'any of the branches'],
  [
    'lint.overlapping-refs',
    [release, '[main]', "[main, 'm*']"],
    release,
    '`main` is already allowed by `m*`',
  ],
  [
    'lint.replaced-licence',
    [project, 'licence: MIT', 'licence: MIT OR GPL-3.0'],
    project,
    'replaced the licence id `GPL-3.0`',
  ],
  ['lint.look-alike', [release, '[main]', "['m\u0430in']"], release, 'a Cyrillic letter, \u0430 (U+0430)'],
  ['lint.look-alike', [release, '  refs:', '  environment: rele\u00e4se\n  refs:'], release, 'not ASCII'],
  [
    'lint.address-spelling',
    [
      'trust/root.yaml',
      'https://token.actions.githubusercontent.com',
      'https://token.actions.GitHubUserContent.com',
    ],
    'trust/root.yaml',
    'is usually written `https://token.actions.githubusercontent.com`',
  ],
  [
    'lint.submitter-approves',
    [
      project,
      'authors: [demo-maintainer]\n  reviewers: [demo-maintainer, demo-approver]',
      'authors: [demo-approver]\n  reviewers: [demo-approver]',
    ],
    release,
    'too few approvers are left',
  ],
  [
    'lint.host-unknown-allowed',
    [release, '  refs:', '  unknown: allow\n  refs:'],
    release,
    'switches these rules off',
  ],
  ['lint.reruns-allowed', [release, '  refs:', '  reruns: allowed\n  refs:'], release, 'repeated attempt'],
  [
    'lint.builds-without-origin',
    [
      'projects/esbuild-demo/policies/test-signing.yaml',
      'scan: required',
      'submitters: {builds: origin}\nscan: required',
    ],
    'projects/esbuild-demo/policies/test-signing.yaml',
    'names no origin',
  ],
  [
    'lint.approvers-not-told',
    [release, 'scan: required', 'notifications: {waiting: [demo-maintainer]}\nscan: required'],
    release,
    'Only 0 of the 1 approvers',
  ],
];

describe('lint', () => {
  test('of the seed names only what a demonstration can’t help', () => {
    expect(findings().map((lintFinding) => lintFinding.rule)).toEqual([
      'lint.unprotected-tags',
      'lint.only-approver',
    ]);
  });

  test('of a policy for builds of GitLab advises against machines that keep what was on them', () => {
    const of = (...edits: Parameters<typeof seedOnGitLab>) =>
      findings([], null, seedOnGitLab(...edits)).map(({ rule }) => rule);
    expect(of()).toEqual(['lint.unprotected-tags', 'lint.only-approver']);
    expect(of([['gitlab-hosted', 'self-hosted']])).toContain('lint.self-hosted-runner');
  });

  test.each(expected)('%s', (rule, change, file, words) => {
    const found = findings([change]).filter((lintFinding) => lintFinding.rule === rule);
    expect(found).toHaveLength(1);
    expect(found[0]?.file).toBe(file);
    expect(found[0]?.message).toContain(words);
    expect(found[0]?.severity).toBe(lintRules[rule].severity);
    expect(findings().some((lintFinding) => lintFinding.rule === rule)).toBe(false);
  });

  test('names more lines than one look at the code host has requests for', () => {
    const root: Change = [
      'trust/root.yaml',
      'trustRoot: development',
      'trustRoot: development\n    hostApi: https://api.github.com',
    ];
    const lines = [
      'branchRulesets: {rules: {blockForcePushes: true}}',
      'tagRulesets: {rules: {blockForcePushes: true}}',
      'release: immutable',
      'caches: refused',
      'requireRunArtifact: true',
    ];
    const of = (asked: readonly string[]) =>
      findings([root, [release, '  refs:', `${asked.map((line) => `  ${line}\n`).join('')}  refs:`]]).filter(
        ({ rule }) => rule === 'lint.host-requests',
      );
    expect(of(lines)).toMatchObject([
      {
        file: release,
        severity: 'warning',
        message: expect.stringContaining('at least 13 requests') as string,
      },
    ]);
    for (const line of lines) expect(of(lines.filter((other) => other !== line))).toEqual([]);
  });

  test('names an address with capitals in its host, in both files that contain it', () => {
    const from = 'https://github.com/countersign-demo/esbuild-windows';
    const to = 'https://GitHub.com/countersign-demo/esbuild-windows';
    const found = findings([
      [release, from, to],
      [project, from, to],
    ]).filter((lintFinding) => lintFinding.rule === 'lint.address-spelling');
    expect(found.map((lintFinding) => lintFinding.file)).toEqual([release, project]);
    expect(found[0]?.fix).toBe(`Write ${from}.`);
  });

  test('counts approvers who have a key', () => {
    const both: Change = [release, '[demo-approver]', '[demo-approver, demo-maintainer]'];
    const team: Change = [
      project,
      'approvers: [demo-approver]',
      'approvers: [demo-approver, demo-maintainer]',
    ];
    const rules = findings([both, team]).map((lintFinding) => lintFinding.rule);
    expect(rules).not.toContain('lint.only-approver');
    const third: Change = [release, '[demo-approver]', '[demo-approver, demo-reviewer]'];
    const files = new Map(seed);
    const keyless = decode(files.get('people/demo-reviewer.yaml')).replace(
      /approvalKeys:[^]*/,
      'approvalKeys: []\n',
    );
    files.set('people/demo-reviewer.yaml', encode(keyless));
    const team3: Change = [
      project,
      'approvers: [demo-approver]',
      'approvers: [demo-approver, demo-reviewer]',
    ];
    const found = findings([third, team3], null, files).map((lintFinding) => lintFinding.rule);
    expect(found).toContain('lint.only-approver');
    expect(found).toContain('lint.approver-without-key');
  });

  test('names people whom no file names', () => {
    const changes: readonly Change[] = [
      ['trust/root.yaml', ', demo-steward]', ']'],
      ['people/demo-steward.yaml', 'roles: [ reviewer ]\n', ''],
    ];
    expect(findings(changes)).toContainEqual(
      expect.objectContaining({ rule: 'lint.unused-person', file: 'people/demo-steward.yaml' }),
    );
  });

  test('warns of an auditor who decides, too, and not of one who only reads', () => {
    const rules = (...changes: readonly Change[]) =>
      findings(changes)
        .filter(({ file }) => file.startsWith('people/'))
        .map(({ rule, file }) => [rule, file]);
    expect(rules()).toEqual([]);
    const auditor = 'people/demo-auditor.yaml';
    const decides = [['lint.auditor-decides', auditor]];
    expect(rules([auditor, '[ auditor ]', '[ reviewer, auditor ]'])).toEqual(decides);
    expect(rules(['trust/root.yaml', 'demo-steward]', 'demo-steward, demo-auditor]'])).toEqual(decides);
  });

  test('warns if a stolen key could stay in the policy, or do much by itself', () => {
    const root = 'trust/root.yaml';
    const of = (...changes: readonly Change[]) =>
      findings(changes)
        .filter((lintFinding) => lintFinding.file === root)
        .map((lintFinding) => lintFinding.rule);
    expect(of()).toEqual([]);
    expect(of([root, ', demo-steward]', ']'])).toEqual(['lint.few-maintainers']);
    expect(of([root, 'looseningThreshold: 2', 'looseningThreshold: 1'])).toEqual(['lint.loosening-by-one']);
    expect(of([root, '  looseningThreshold: 2\n', ''])).toEqual([]);
  });

  test('recognises placeholders of keys that are still to be made', () => {
    const shipped = findings([], null, seedAsShipped()).filter(
      (lintFinding) => lintFinding.rule === 'lint.nobodys-key',
    );
    expect(shipped).toHaveLength(6);
    expect(findings().map((lintFinding) => lintFinding.rule)).not.toContain('lint.nobodys-key');
  });

  test('accepts patterns that require a product name of the project’s own', () => {
    const change: Change = [
      artifact,
      'path: package/esbuild.exe',
      "path: '**/*.dll'\n      metadata: {productName: esbuild}",
    ];
    expect(findings([change]).map((lintFinding) => lintFinding.rule)).not.toContain('lint.third-party-files');
  });

  test('finds programs of others that are signed in a file beside them', () => {
    const changes: readonly Change[] = [
      [artifact, 'package/esbuild.exe', "'**/*.dll'"],
      [
        artifact,
        'sign:\n        method: authenticode\n        description: esbuild\n        descriptionUrl: https://esbuild.github.io\n        existingSignature: refuse',
        'detached: { method: cms }',
      ],
    ];
    expect(findings(changes).map(({ rule }) => rule)).toContain('lint.third-party-files');
  });

  test('finds refs that two release policies allow', () => {
    const files = new Map(seed);
    files.set(
      'projects/esbuild-demo/policies/nightly.yaml',
      encode(decode(seed.get(release)).replace('[main]', "['ma*']").replace("['v*']", "['nightly-*']")),
    );
    const found = findings([], null, files).filter(
      (lintFinding) => lintFinding.rule === 'lint.overlapping-refs',
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ file: release, line: 14 });
    expect(found[0]?.message).toContain('nightly.yaml:14');
  });
});

describe('certificates', () => {
  const certificate = (notAfter: string, changes: Partial<KnownCertificate> = {}): KnownCertificate => ({
    project: 'esbuild-demo',
    name: 'release',
    purpose: 'release',
    notBefore: new Date('2026-01-01'),
    notAfter: new Date(notAfter),
    ...changes,
  });
  const of = (certificates: readonly KnownCertificate[]) =>
    findings([], certificates)
      .filter(
        (lintFinding) => lintFinding.file === release && lintFinding.rule.startsWith('lint.certificate'),
      )
      .map((lintFinding) => lintFinding.rule);

  test.each([
    ['none', [], 'lint.certificate-missing'],
    ['another project’s', [certificate('2027-01-01', { project: 'zip-demo' })], 'lint.certificate-missing'],
    ['one for tests', [certificate('2027-01-01', { purpose: 'test' })], 'lint.certificate-missing'],
    ['one that ended', [certificate('2026-05-31')], 'lint.certificate-expired'],
    [
      'one that is not valid yet',
      [certificate('2027-01-01', { notBefore: new Date('2026-07-01') })],
      'lint.certificate-expired',
    ],
    ['one that ends soon', [certificate('2026-06-20')], 'lint.certificate-expiring'],
  ] as const)('%s: %s', (_what, certificates, rule) => {
    expect(of(certificates)).toEqual([rule]);
  });

  test('are fine when a newer one has come', () => {
    expect(of([certificate('2026-06-20'), certificate('2027-06-20')])).toEqual([]);
  });
});

test('every rule is documented, and every documented rule exists', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/policy/lint-rules.md'), 'utf8');
  const documented = [...docs.matchAll(/^## `(lint\.[a-z-]+)` \((error|warning|note)\)$/gm)];
  expect(Object.fromEntries(documented.map(([, id, severity]) => [id, severity]))).toEqual(
    Object.fromEntries(Object.entries(lintRules).map(([id, rule]) => [id, rule.severity])),
  );
});
