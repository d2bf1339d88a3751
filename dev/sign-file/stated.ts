/** What the engine states, because nobody checks it there: the policy in force, origin, scan and approval. */
import { edited, artifactFile, snapshotOf } from '#core/policy/plan/snapshots.fixture.ts';
import { effectivePolicy, type EffectivePolicy } from '#core/policy/index.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { originAs } from '#core/origin/verified.fixture.ts';
import type { SignatureClaims } from '../../signer/daemon/claims/index.ts';
import type { GoverningPolicy, InspectedArtifact } from '../../signer/daemon/checks/index.ts';
import { approvedAs, governingAs, hostAs, scannedAs } from '../../signer/daemon/checks/proofs.fixture.ts';
import type { Evidence } from '../../signer/daemon/grant/index.ts';
import type { ClaimedRequest } from '../../signer/daemon/requests/index.ts';
import type { Run } from '../../signer/daemon/run/index.ts';
import type { SigningKey } from '../../signer/rulings/trust/index.ts';

export const project = 'esbuild-demo';

export function effectiveOf(configuration: string, timestamps: boolean): EffectivePolicy {
  const snapshot = snapshotOf(edited({ [artifactFile]: configuration }), parseCommitSha('0'.repeat(40)));
  const found = effectivePolicy(snapshot, parseProjectSlug(project), parsePolicySlug('release-signing'));
  if (!found.ok) throw new Error('the seed has no policy release-signing');
  const policy = { ...found.value.policy, timestamp: timestamps ? ('required' as const) : ('none' as const) };
  return { ...found.value, policy };
}

export const ownKeysOf = (keys: readonly SigningKey[]): GoverningPolicy['ownKeys'] =>
  Object.fromEntries(
    keys
      .filter(({ entry }) => entry.project === project && entry.serves === 'release')
      .map((own) => [own.entry.purpose, own]),
  );

/** What all checks but the inspection would have proved. */
export function evidenceOf(
  effective: EffectivePolicy,
  key: SigningKey,
  ownKeys: GoverningPolicy['ownKeys'],
  inspected: InspectedArtifact,
  id: string,
): Evidence {
  const { artifactSha256 } = inspected;
  const { parameters } = inspected;
  const request = { id, project, artifactSha256, parameters } as unknown as ClaimedRequest;
  const commit = parseCommitSha('0'.repeat(40));
  const subject = {
    artifactSha256,
    parameters,
    request: id,
    sourceCommit: commit,
    policyCommit: effective.commit,
  };
  const approvals = Array.from({ length: effective.quorum }, () => ({}));
  return {
    request,
    governing: governingAs({ effective, configuration: effective.artifactConfiguration, key, ownKeys }),
    origin: originAs({ claims: { commit }, digests: { sha256: artifactSha256 } }),
    host: hostAs({ policyDigest: effective.digest, artifactSha256 }),
    inspected,
    scanned: scannedAs({ artifactSha256 }),
    approval: approvedAs({ subject, approval: { approvals } }),
    checkedPolicyDigest: effective.digest,
  };
}

/** Without a journal: nothing of this is a request. */
/** There is no database, and nobody else who could sign. */
export const nobodyElses: SignatureClaims = {
  claim: (places) => Promise.resolve(places.map(() => null)),
  keep: () => Promise.resolve([]),
  release: () => Promise.resolve(),
};

export const quietRun = (requestId: string): Run =>
  ({ requestId, pass: 1, now: () => new Date(), record: () => Promise.resolve() }) as unknown as Run;
