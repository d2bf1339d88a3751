/** A policy names a key for each kind of signature over a file's own bytes that its artifact configuration asks for. */
import { expect, test } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { failures } from '../wire/finding/index.ts';
import { effectivePolicy, formatDiagnostic, loadAccepted, loadSnapshot } from './index.ts';
import { artifactFile, edited, headCommit, releasePolicy } from './plan/snapshots.fixture.ts';

const asking = (method: string): string => `apiVersion: countersign/v1
kind: ArtifactConfiguration
root:
  type: zip
  contents:
    - { type: file, path: SHA256SUMS, sign: { method: ${method} } }
`;

function problems(method: string, lines = ''): readonly string[] {
  const files = edited({
    [artifactFile]: asking(method),
    'projects/esbuild-demo/policies/test-signing.yaml': null,
    [releasePolicy]: [['certificate: release', `certificate: release\n${lines}`]],
  });
  const loaded = loadSnapshot(files, headCommit);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
}

test.each([
  ['openpgp', 'openpgpKey'],
  ['raw', 'rawKey'],
])('signatures by %s are refused where the policy has no %s, with the line to write', (method, field) => {
  const [found, ...others] = problems(method);
  expect(found).toContain('release-signing.yaml:');
  expect(found).toContain('[rule.own-key]');
  expect(found).toContain(`\`${field}\``);
  expect(others).toEqual([]);
  expect(problems(method, `${field}: own`)).toEqual([]);
});

test('the other key doesn’t do', () => {
  expect(problems('openpgp', 'rawKey: own')).toHaveLength(1);
});

test('other methods need none', () => {
  expect(problems('cms')).toEqual([]);
});

test.each(['openpgpKey: release', 'openpgpKey: own\nrawKey: own'])(
  'one name never stands for two kinds of keys: %j',
  (lines) => {
    expect(problems('cms', lines).join()).toContain('a key makes one kind of signature alone');
  },
);

test('of a commit that was accepted before, it refuses the one project', () => {
  const files = edited({
    [artifactFile]: asking('openpgp'),
    'projects/esbuild-demo/policies/test-signing.yaml': null,
  });
  const loaded = loadAccepted(files, headCommit);
  if (!loaded.ok) throw new Error('it is refused as a whole');
  const of = (project: string) =>
    effectivePolicy(loaded.snapshot, parseProjectSlug(project), parsePolicySlug('release-signing'));
  expect(failures(of('esbuild-demo').findings)).toMatchObject([
    { rule: 'policy.invalid', found: 'rule.own-key', policy: { file: releasePolicy } },
  ]);
  expect(of('zip-demo').ok).toBe(true);
  expect(loadSnapshot(files, headCommit).ok).toBe(false);
});

test('what is the foundation’s own still is no policy, accepted or not', () => {
  const broken = edited({ 'trust/root.yaml': [['threshold: 1', 'threshold: 9']] });
  expect(loadAccepted(broken, headCommit).ok).toBe(false);
  expect(loadAccepted(edited({ 'foundation.yaml': null }), headCommit).ok).toBe(false);
});
