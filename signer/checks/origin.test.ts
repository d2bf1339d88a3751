import { describe, expect, test } from 'vitest';
import {
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
} from '../../lib/core/ids/index.ts';
import { effectivePolicy, loadSnapshot } from '../../lib/core/policy/index.ts';
import type { EffectivePolicy } from '../../lib/core/policy/index.ts';
import { seedCommit, seedWithKeys } from '../../lib/core/policy/seed.fixture.ts';
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

const check = (effective: EffectivePolicy) =>
  checkOrigin({
    store: { fetch: unreachable },
    request: {
      id: parseRequestId('01890a5d-ac96-774b-bcce-b302099a8057'),
      project: effective.projectSlug,
      policy: effective.policySlug,
      artifactSha256: sha256,
      artifactName: 'a',
      bundleSha256: sha256,
      submittedBy: 'test',
      submittedAt: new Date(0),
    },
    received: { file: '/nowhere', digests: { sha256, sha512: '', sizeBytes: 0 } },
    effective,
    trustRoots: new Map(),
    directory: '/nowhere',
    now: new Date(0),
  });

describe('a policy that asks for what the signer can’t check', () => {
  const effective = seedPolicy();
  const { origin } = effective;
  if (origin === null) throw new Error('a release policy has an origin');
  test.each([
    ['runner', { runner: { groups: ['release'] } }],
    ['requireRunSuccess', { requireRunSuccess: true }],
    ['branchRulesets', { branchRulesets: { rules: { blockForcePushes: true } } }],
    ['tagRulesets', { tagRulesets: { rules: { blockForcePushes: true } } }],
  ])('is refused for %s, even where a snapshot holds it', async (key, changes) => {
    const answer = await check({ ...effective, origin: { ...origin, ...changes } });
    expect(answer.ok).toBe(false);
    expect(answer.findings).toMatchObject([{ rule: 'origin.not-enforced', outcome: 'fail' }]);
    expect(answer.findings[0]?.fix).toBe(`Remove ${key} from the policy.`);
  });
});
