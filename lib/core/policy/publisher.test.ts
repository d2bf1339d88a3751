import { expect, test } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { describePolicy, effectivePolicy, formatDiagnostic, loadSnapshot } from './index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const policies = 'projects/esbuild-demo/policies';

/** The seed, with `publisher: project` in one policy, and a line of the foundation's. */
function load(policy: string, foundation = '') {
  const files = seedWithKeys();
  const [path, own] = [`${policies}/${policy}.yaml`, decode(files.get('foundation.yaml'))];
  files.set(
    path,
    encode(decode(files.get(path)).replace('certificate:', 'publisher: project\ncertificate:')),
  );
  files.set('foundation.yaml', encode(`${own.trimEnd()}\n${foundation}`));
  return loadSnapshot(files, seedCommit);
}
const problems = (loaded: ReturnType<typeof load>) =>
  loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);

test.each(['', 'projectCertificates: refused\n'])(
  'a project’s own certificate is refused unless the foundation allows it (%j)',
  (foundation) => {
    const [found, ...others] = problems(load('release-signing', foundation));
    expect(found).toContain('release-signing.yaml:');
    expect(found).toContain('[rule.publisher]');
    expect(found).toContain('projectCertificates: allowed');
    expect(others).toEqual([]);
  },
);

test('is allowed for releases where the foundation says so, and for tests never', () => {
  const allowed = 'projectCertificates: allowed\n';
  expect(problems(load('release-signing', allowed))).toEqual([]);
  expect(problems(load('test-signing', allowed)).join()).toContain('Test certificates name the foundation');
});

test('the policy’s page says whose name a signature shows, and that the foundation didn’t issue the certificate', () => {
  const loaded = load('release-signing', 'projectCertificates: allowed\n');
  if (!loaded.ok) throw new Error('the seed is not valid');
  const [project, policy] = [parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')];
  const found = effectivePolicy(loaded.snapshot, project, policy);
  const said = JSON.stringify(found.ok && describePolicy(found.value));
  expect(said).toContain('the project’s own certificate, which names the project and not');
  expect(said).toContain('can’t revoke it');
  expect(said).not.toContain('certificate that names');
});
