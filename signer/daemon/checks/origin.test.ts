import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BuildSystem, GitHubOrigin } from '#core/generated/index.ts';
import { parsePolicySlug, parseProjectSlug, parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import { effectivePolicy, loadSnapshot } from '#core/policy/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { openSigstoreRoots } from '../../rulings/sigstore-roots/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { trustRootAs } from '#core/origin/sigstore/trust-root.fixture.ts';
import { receivedAs } from './proofs.fixture.ts';
import { checkOrigin } from './origin.ts';

function seedPolicy(): EffectivePolicy {
  const loaded = loadSnapshot(seedWithKeys(), seedCommit);
  if (!loaded.ok) throw new Error('the seed is a snapshot');
  const [project, policy] = [parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')];
  const found = effectivePolicy(loaded.snapshot, project, policy);
  if (!found.ok) throw new Error('the seed has a release policy');
  return found.value;
}

const sha256 = parseSha256Hex('a'.repeat(64));
const unreachable = (): never => {
  throw new Error('nothing is read from the store for a policy that can’t be enforced');
};

/** The signer’s own, without one that is kept current. */
const installed = (names: readonly string[] = []) =>
  openSigstoreRoots({
    installed: new Map(names.map((name) => [name, trustRootAs({})])),
    directory: '/nowhere',
    log: { warn: unreachable, info: unreachable },
    now: () => new Date(0),
  });

const check = (effective: EffectivePolicy, given: Partial<Parameters<typeof checkOrigin>[0]> = {}) =>
  checkOrigin({
    store: { fetch: unreachable },
    request: {
      id: parseRequestId('01890a5d-ac96-774b-bcce-b302099a8057'),
      project: effective.projectSlug,
      policy: effective.policySlug,
      artifactSha256: sha256,
      parameters: {},
      artifactName: 'a',
      bundleSha256: sha256,
      submittedBy: 'test',
      submittedAt: new Date(0),
    },
    received: receivedAs({ file: '/nowhere', digests: { sha256, sha512: '', sizeBytes: 0 } }),
    effective,
    trustRoots: installed(),
    directory: '/nowhere',
    now: new Date(0),
    ...given,
  });

describe('a policy that requires what only a code host can tell, which nobody is asked', () => {
  const effective = seedPolicy();
  const { origin } = effective;
  if (origin === null) throw new Error('a release policy has an origin');
  test.each([
    ['runner', { runner: { groups: ['release'] } }],
    ['requireRunSuccess', { requireRunSuccess: true }],
    ['requireRunArtifact', { requireRunArtifact: true }],
    ['branchRulesets', { branchRulesets: { rules: { blockForcePushes: true } } }],
    ['tagRulesets', { tagRulesets: { rules: { blockForcePushes: true } } }],
  ])('is refused for %s, even if a snapshot contains it', async (key, changes) => {
    const asking: GitHubOrigin = { ...(origin as GitHubOrigin), ...changes };
    const policy = { ...effective.policy, origin: asking };
    const answer = await check({ ...effective, policy, origin: asking });
    expect(answer.ok).toBe(false);
    expect(answer.findings).toMatchObject([{ rule: 'origin.not-enforced', outcome: 'fail' }]);
    expect(answer.findings[0]?.message).toMatch(/the build system names no API of one/);
    expect(answer.findings[0]?.policy).toEqual(effective.locate(['origin', key]));
  });
});

test('a policy is refused whose origin is of another provider than its build system, with line and fix', async () => {
  const effective = seedPolicy();
  const { buildSystem } = effective;
  if (buildSystem === null) throw new Error('a release policy has a build system');
  const another = { ...buildSystem, provider: 'another' as BuildSystem['provider'] } as BuildSystem;
  const answer = await check({ ...effective, buildSystem: another });
  expect(answer).toMatchObject({
    ok: false,
    findings: [
      {
        rule: 'origin.provider',
        outcome: 'fail',
        expected: 'another',
        found: 'github',
        policy: { file: 'projects/esbuild-demo/policies/release-signing.yaml' },
      },
    ],
  });
  expect(answer.findings[0]?.fix).toContain('provider: another');
});

describe('the attestation', () => {
  const effective = seedPolicy();
  const trustRoots = installed(['development']);
  const stored = (digest: string) => ({
    fetch: () => Promise.resolve({ sha256: parseSha256Hex(digest), sha512: '', sizeBytes: 1 }),
  });

  test('isn’t read if the store has other bytes than were submitted', async () => {
    const answer = await check(effective, { trustRoots, store: stored('b'.repeat(64)) });
    expect(answer).toMatchObject({
      ok: false,
      findings: [{ rule: 'origin.bundle', message: expect.stringContaining('not the one') as string }],
    });
  });

  test.each([
    ['isn’t there', null],
    ['is too large', 'too-large'],
  ] as const)('is refused where it %s', async (_what, found) => {
    const answer = await check(effective, { trustRoots, store: { fetch: () => Promise.resolve(found) } });
    expect(answer).toMatchObject({ ok: false, findings: [{ rule: 'origin.bundle' }] });
  });

  test('waits if the signer has no trust root for the build system', async () => {
    const asked = check(effective, { store: stored('a'.repeat(64)) });
    await expect(asked).rejects.toThrow('no trust root named development');
    await expect(asked).rejects.toBeInstanceOf(Unavailable);
  });

  test('is judged by the trust root that is kept current, and the trace says which', async () => {
    const at = new Date('2026-11-29T00:00:00Z');
    const known = {
      trustRoot: trustRootAs({}),
      checked: { at, sha256: 'c'.repeat(64), mirror: 'https://m.example' },
    };
    const answer = await check(effective, {
      trustRoots: { of: () => Promise.resolve(known) },
      store: { fetch: (_digest, file) => writeFile(file, '{}').then(() => stored('a'.repeat(64)).fetch()) },
      directory: await mkdtemp(join(tmpdir(), 'origin-')),
      received: receivedAs({ file: '/nowhere', digests: { sha256, sha512: 'd', sizeBytes: 0 } }),
    });
    expect(answer.findings).toMatchObject([
      { rule: 'origin.trust-root', outcome: 'pass', found: `sha256:${'c'.repeat(64)}`, policy: { line: 7 } },
      { rule: 'origin.bundle', outcome: 'fail' },
    ]);
  });
});
