import { expect, test } from 'vitest';
import { artifactFile, changed, releasePolicy } from '#core/policy/plan/snapshots.fixture.ts';
import { lintSnapshot, type KnownOwnKey } from './index.ts';

const configuration = `apiVersion: countersign/v1
kind: ArtifactConfiguration
root:
  type: zip
  contents:
    - { type: file, path: SHA256SUMS, sign: { method: openpgp } }
`;
const key: KnownOwnKey = {
  project: 'esbuild-demo',
  name: 'own',
  use: 'openpgp',
  serves: 'release',
  isRevoked: false,
};

function found(...ownKeys: readonly KnownOwnKey[]) {
  const snapshot = changed({
    [artifactFile]: configuration,
    'projects/esbuild-demo/policies/test-signing.yaml': null,
    [releasePolicy]: [['certificate: release', 'certificate: release\nopenpgpKey: own']],
  });
  return lintSnapshot({ snapshot, certificates: null, ownKeys, now: new Date() })
    .filter(({ rule }) => rule === 'lint.own-key')
    .map(({ message, fix }) => `${message} ${fix}`);
}

test('a policy names a key of its own that the project has', () => {
  expect(found(key)).toEqual([]);
});

test.each<readonly [string, Partial<KnownOwnKey>]>([
  ['another project’s', { project: 'zip-demo' }],
  ['another purpose', { serves: 'test' }],
  ['it is revoked', { isRevoked: true }],
  ['none of that name', { name: 'other' }],
  ['none of that name', { use: 'raw' }],
])('it doesn’t: %s', (why, change) => {
  const [message, ...others] = found({ ...key, ...change });
  expect(message).toContain(why);
  expect(others).toEqual([]);
});

test('the fix names the keys that there are', () => {
  expect(found({ ...key, name: 'signing' }).join()).toContain('Write `signing`.');
});
