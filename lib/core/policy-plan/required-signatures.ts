import { checkGuards } from '../policy/index.ts';
import type { Diagnostic, PolicySnapshot } from '../policy/index.ts';
import { worst } from './change.ts';
import type { Change, Effect } from './change.ts';
import { compareSnapshots } from './compare-snapshots.ts';

export interface RequiredSignatures {
  /** How many policy maintainers have to sign. */
  readonly needed: number;
  readonly effect: Effect;
  readonly guards: readonly Diagnostic[];
  /** Why it takes more than any change does, one sentence each; empty: it doesn't. */
  readonly reasons: readonly string[];
}

const reasonsMax = 5;
/** Where a guard strikes, two people look: one account that was taken over must not clear the table. */
const guardSignaturesMin = 2;
/** A revocation can't be undone, so two people sign it; what has to be fast is an emergency stop, which needs one. */
const revocationSignaturesMin = 2;

/**
 * The policy in force and one that is to follow → how many policy maintainers have to sign it. The policy in force
 * decides: `threshold` for any change, `looseningThreshold` for one that loosens or that a guard stops. So tightening
 * is as fast as can be; only a revocation takes two. Pure; the signer and the portal count by this.
 */
export function requiredSignatures(base: PolicySnapshot, head: PolicySnapshot): RequiredSignatures {
  const { threshold, looseningThreshold = threshold, members } = base.trustRoot.value.policyMaintainers;
  const changes = compareSnapshots(base, head);
  const effect = worst(changes.map((one) => one.effect));
  const guards = checkGuards(base, head);
  const loosening = effect === 'loosens' ? Math.max(threshold, looseningThreshold) : threshold;
  const able = members.filter((name) => hasKey(base, name)).length;
  const guarded = guards.length === 0 ? 0 : Math.max(looseningThreshold, Math.min(guardSignaturesMin, able));
  const revocations = changes.filter((one) => one.kind === 'Revocation' && one.effect !== 'neutral');
  const revoking = revocations.length === 0 ? 0 : Math.min(revocationSignaturesMin, able);
  const needed = Math.max(threshold, loosening, guarded, revoking);
  return {
    ...{ needed, effect, guards },
    reasons: needed > threshold ? reasonsOf(changes, guards, revocations) : [],
  };
}

function hasKey({ people }: PolicySnapshot, name: string): boolean {
  const known = people as ReadonlyMap<string, { value: { approvalKeys: readonly unknown[] } }>;
  return (known.get(name)?.value.approvalKeys.length ?? 0) > 0;
}

function reasonsOf(
  changes: readonly Change[],
  guards: readonly Diagnostic[],
  revocations: readonly Change[],
): readonly string[] {
  const loosening = changes.filter((one) => one.effect === 'loosens');
  const all = [
    ...guards.map((one) => one.message),
    ...revocations.map(({ file }) => `${file}: a revocation can’t be undone.`),
    ...loosening.map(
      ({ file, line, field, reason }) =>
        `${file}, line ${line}${field === '' ? '' : `, ${field}`}: ${reason}`,
    ),
  ];
  const more = all.length - reasonsMax;
  return more > 0 ? [...all.slice(0, reasonsMax), `… and ${more} more reasons.`] : all;
}
