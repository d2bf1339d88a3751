import { describe, expect, test } from 'vitest';
import { formatDiagnostic, loadSnapshot } from './index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const release = 'projects/esbuild-demo/policies/release-signing.yaml';
const foundation = 'foundation.yaml';

function diagnosticsOf(files: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const loaded = loadSnapshot(files, seedCommit);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
}

const withoutFloors = decode(seedWithKeys().get(foundation)).replace(/floors:[^]*$/, '');
const lineOf = (text: string, words: string): number => text.slice(0, text.indexOf(words)).split('\n').length;

/** The seed under these floors only, with texts replaced in files. */
function under(floors: string, changes: readonly (readonly [string, string, string])[] = []) {
  const files = seedWithKeys();
  files.set(foundation, encode(`${withoutFloors}floors:\n${floors}`));
  for (const [path, from, to] of changes) {
    const text = decode(files.get(path));
    expect(text).toContain(from);
    files.set(path, encode(text.replace(from, to)));
  }
  return files;
}

describe('a foundation’s floors', () => {
  test('apply to policies of their purpose only', () => {
    expect(
      diagnosticsOf(under('  release: {origin: required, timestamp: required, quorumMin: 1}\n')),
    ).toEqual([]);
    const found = diagnosticsOf(under('  test: {timestamp: required}\n'));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((line) => line.includes('/test-signing.yaml:'))).toBe(true);
  });

  test.each([
    ['quorumMin: 2', [], 'at least 2 approvals of every release, not 1', 'quorum: 1'],
    ['reruns: refused', [[release, 'refs:', 'reruns: allowed\n  refs:']], 'repeated attempts', 'reruns:'],
    ['builder: required', [], 'a pinned reusable builder', 'origin:'],
    ['environment: required', [], 'a deployment environment', 'origin:'],
    [
      'attestations: provenance',
      [[release, 'refs:', 'attestations: [slsa-provenance-v1, signature]\n  refs:']],
      'not a bare signature',
      'attestations:',
    ],
    ['refs: tags', [], 'builds of tags only', 'branches:'],
    [
      'visibility: public',
      [[release, 'refs:', 'visibility: any\n  refs:']],
      'a public repository',
      'visibility:',
    ],
    [
      'maximumAgeHours: 24',
      [[release, 'refs:', 'maximumAgeHours: 25\n  refs:']],
      'no older than 24 hours',
      'maximumAgeHours:',
    ],
  ] as const)('%s: names the policy’s line and the floor’s', (floor, changes, words, at) => {
    const files = under(`  release:\n    ${floor}\n`, changes);
    const found = diagnosticsOf(files).filter((diagnostic) => diagnostic.includes('esbuild-demo'));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
    expect(found[0]).toContain('[rule.floor]');
    expect(found[0]).toMatch(new RegExp(`^${release}:${lineOf(decode(files.get(release)), at)}:`));
    const line = lineOf(decode(files.get(foundation)), floor);
    expect(found[0]).toContain(`(foundation.yaml:${line})`);
  });

  test('refuse opaque files, at their line, if they forbid them', () => {
    const artifact = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    const opaque = [
      [
        artifact,
        'path: package/README.md',
        'path: package/README.md\n      opaque: {reason: Made by upstream.}',
      ],
    ] as const;
    expect(diagnosticsOf(under('  release: {opaque: refused}\n'))).toEqual([]);
    expect(diagnosticsOf(under('  release: {opaque: allowed}\n', opaque))).toEqual([]);
    const found = diagnosticsOf(under('  release: {opaque: refused}\n', opaque));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('no file of this policy may be opaque (foundation.yaml:');
    expect(found[0]).toContain(artifact);
  });

  test('accept what is stricter than they ask', () => {
    const changes = [[release, 'refs:', 'maximumAgeHours: 3\n  reruns: refused\n  refs:']] as const;
    const found = diagnosticsOf(under('  release: {maximumAgeHours: 24, reruns: refused}\n', changes));
    expect(found.filter((line) => line.includes('esbuild-demo'))).toEqual([]);
  });

  test('a floor for tags is met by a policy that names only tags', () => {
    const found = diagnosticsOf(under('  release: {refs: tags}\n', [[release, 'branches: [main]', '']]));
    expect(found.filter((line) => line.includes('esbuild-demo'))).toEqual([]);
  });

  test('a maximum age applies to every policy that sets none', () => {
    const files = under('  release: {maximumAgeHours: 24, visibility: public, attestations: provenance}\n');
    expect(diagnosticsOf(files)).toEqual([]);
  });

  test('a floor that is about origins asks for one', () => {
    for (const floor of ['environment: required', 'visibility: public', 'attestations: provenance']) {
      const found = diagnosticsOf(under(`  test: {${floor}}\n`));
      expect(found[0]).toContain('an origin of every policy of this purpose');
    }
  });

  test('an origin floor for test policies refuses those without one', () => {
    const found = diagnosticsOf(under('  test: {origin: required}\n'));
    expect(found[0]).toContain('an origin of every policy of this purpose');
  });

  test('the higher of both quorum floors applies', () => {
    const found = diagnosticsOf(under('  releaseQuorum: 3\n  release: {quorumMin: 1}\n'));
    expect(found[0]).toContain('at least 3 approvals');
    const files = under('  releaseQuorum: 3\n  release: {quorumMin: 1}\n');
    const line = lineOf(decode(files.get(foundation)), 'releaseQuorum');
    expect(found[0]).toContain(`(foundation.yaml:${line})`);
  });

  test('a floor on product names refuses signed programs whose name could be anything', () => {
    const found = diagnosticsOf(under('  release: {productNameAndVersion: required}\n'));
    const artifact = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    expect(found.find((line) => line.startsWith(artifact))).toContain('productName and productVersion');
  });

  test('a program next to a signed catalog may be on its list, and has to be named as if it were signed', () => {
    const artifact = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    const signed = '- type: pe\n      path: package/esbuild.exe\n      sign:';
    const files = (listed: string) =>
      under('  release: {productNameAndVersion: required}\n', [
        [artifact, signed, `${listed}- type: catalog\n      path: package/esbuild.cat\n      sign:`],
      ]);
    expect(diagnosticsOf(files('')).filter((diagnostic) => diagnostic.startsWith(artifact))).toEqual([]);
    const found = diagnosticsOf(files('- type: pe\n      path: package/esbuild.exe\n    '));
    expect(found.find((line) => line.startsWith(artifact))).toContain('productName and productVersion');
  });
});

describe('what this version can’t enforce', () => {
  test.each([
    ['refs:', 'requireRunSuccess: true\n  refs:', 'requireRunSuccess', 'how the whole run ended'],
    ['refs:', 'requireRunArtifact: true\n  refs:', 'requireRunArtifact', 'which artifacts a run has'],
    ['runner: github-hosted', 'runner: {groups: [release]}', 'runner', 'which group'],
    ['refs:', 'tagRulesets: {rules: {blockForcePushes: true}}\n  refs:', 'tagRulesets', 'protects tags'],
    ['refs:', 'branchRulesets: {rules: {pullRequest: {}}}\n  refs:', 'branchRulesets', 'protects branches'],
  ])('is refused and never silently accepted: %s → %s', (from, to, key, words) => {
    const found = diagnosticsOf(under('  {}\n', [[release, from, to]]));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('[rule.not-enforced]');
    expect(found[0]).toContain(words);
    expect(found[0]).toContain(key);
  });

  test('a rule that requires nothing is accepted', () => {
    expect(diagnosticsOf(under('  {}\n', [[release, 'refs:', 'requireRunSuccess: false\n  refs:']]))).toEqual(
      [],
    );
  });
});

describe('people named by roles and notifications', () => {
  test.each([
    ['scan: required', 'scan: required\nnotifications: {denied: [nobody-here]}', release],
    ['scan: required', 'scan: required\nsubmitters: {people: [nobody-here]}', release],
    ['reviewers:', 'configurators: [nobody-here]\n  reviewers:', 'projects/esbuild-demo/project.yaml'],
  ])('must exist: %s', (from, to, path) => {
    const found = diagnosticsOf(under('  {}\n', [[path, from, to]]));
    expect(found).toEqual([expect.stringContaining('There is no person `nobody-here`')]);
  });
});

describe('a loosening threshold', () => {
  const withThreshold = (value: number) =>
    under('  {}\n', [['trust/root.yaml', 'looseningThreshold: 2', `looseningThreshold: ${value}`]]);
  test('can’t be more than there are members with keys', () => {
    expect(diagnosticsOf(withThreshold(3))).toEqual([]);
    expect(diagnosticsOf(withThreshold(4))[0]).toContain('only 3 of the members can');
  });
});
