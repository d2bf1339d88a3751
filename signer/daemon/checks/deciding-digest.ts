import { createHash } from 'node:crypto';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { effectivePolicy, type EffectivePolicy, type PolicySnapshot } from '#core/policy/index.ts';

const revokedIn = new WeakMap<PolicySnapshot, string>();

/**
 * Of everything in a policy that a pass of a request depends on: what decides by itself, and which certificates are revoked. Where
 * two policies have the same, a request that waits under the one waits under the other for the same.
 */
export function decidingDigest(snapshot: PolicySnapshot, { digest }: EffectivePolicy): Sha256Hex {
  let revoked = revokedIn.get(snapshot);
  if (revoked === undefined) {
    revoked = [...snapshot.revocations]
      .map(([serial, { value }]) => `${serial} ${JSON.stringify(value)}`)
      .toSorted()
      .join('\n');
    revokedIn.set(snapshot, revoked);
  }
  return parseSha256Hex(createHash('sha256').update(`${digest}\n${revoked}`).digest('hex'));
}

/** The same for a project's policy by the names that the portal gives; null: nothing may be signed under it as it is. */
function decidingDigestOf(snapshot: PolicySnapshot, project: string, policy: string): Sha256Hex | null {
  try {
    const found = effectivePolicy(snapshot, parseProjectSlug(project), parsePolicySlug(policy));
    return found.ok ? decidingDigest(snapshot, found.value) : null;
  } catch {
    return null; // no names of a policy: the next pass says so
  }
}

/**
 * The same, computed once for each policy of a snapshot; the same object again for the same snapshot. null: there is none.
 */
export function decidingPolicies(): (snapshot: PolicySnapshot | null) => DecidingPolicy | null {
  let last: { readonly snapshot: PolicySnapshot; readonly policy: DecidingPolicy } | null = null;
  return (snapshot) => {
    if (snapshot === null) return null;
    if (last?.snapshot !== snapshot) {
      const known = new Map<string, Sha256Hex | null>();
      const decides = (project: string, policy: string): Sha256Hex | null => {
        const name = `${project}/${policy}`;
        const digest = known.get(name) ?? decidingDigestOf(snapshot, project, policy);
        known.set(name, digest);
        return digest;
      };
      last = { snapshot, policy: { commit: snapshot.commit, decides } };
    }
    return last.policy;
  };
}

interface DecidingPolicy {
  readonly commit: string;
  decides(project: string, policy: string): Sha256Hex | null;
}
