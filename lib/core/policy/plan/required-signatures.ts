import type { PersonHandle } from '../../ids/index.ts';
import { ableMaintainers, checkGuards } from '../index.ts';
import type { Diagnostic, PolicySnapshot } from '../index.ts';
import { type Effect, worst } from '../../field-record/index.ts';
import type { Change } from './change.ts';
import { compareSnapshots } from './compare-snapshots.ts';
import { expulsionOf } from './expulsion.ts';

export interface RequiredSignatures {
  /** How many policy maintainers have to sign. */
  readonly needed: number;
  readonly effect: Effect;
  readonly guards: readonly Diagnostic[];
  /** Why it takes more than any change does, one sentence each; empty: it doesn't. */
  readonly reasons: readonly string[];
  /** Policy maintainers whom the change removes: their signatures don't count either way. */
  readonly leaving: readonly PersonHandle[];
}

const reasonsMax = 5;
/** Where a guard strikes, two people sign: one compromised account must not remove everything. */
const guardSignaturesMin = 2;
/** For loosening where the policy sets no number: one stolen key must not suffice. */
const looseningSignaturesDefault = 2;
/** A revocation can't be undone, so two people sign it; for speed there is the emergency stop, which needs one. */
const revocationSignaturesMin = 2;

/**
 * The policy in force and one that is to follow → how many policy maintainers have to sign it. The policy in force
 * decides: `threshold` for any change, `looseningThreshold` for one that loosens, changes who decides, or that a guard
 * stops. `earlier` is what was in force some days ago, for the guards. Pure; the signer, the portal and the command line
 * count by this.
 */
export function requiredSignatures(
  base: PolicySnapshot,
  head: PolicySnapshot,
  earlier: PolicySnapshot = base,
): RequiredSignatures {
  return requiredFor({
    base,
    head,
    changes: compareSnapshots(base, head),
    guards: checkGuards(base, head, earlier),
  });
}

/** The same where changes and guards have been found already. */
export function requiredFor(found: {
  readonly base: PolicySnapshot;
  readonly head: PolicySnapshot;
  readonly changes: readonly Change[];
  readonly guards: readonly Diagnostic[];
}): RequiredSignatures {
  const { base, head, changes, guards } = found;
  const { threshold, looseningThreshold } = base.trustRoot.value.policyMaintainers;
  const able = ableMaintainers(base).length;
  const effect = worst(changes.map((change) => change.effect));
  const loosening = Math.max(threshold, looseningThreshold ?? Math.min(looseningSignaturesDefault, able));
  const guarded = Math.max(loosening, Math.min(guardSignaturesMin, able));
  const revocations = changes.filter((change) => change.kind === 'Revocation' && change.effect !== 'neutral');
  const expulsion = expulsionOf(base, head, changes);
  const usual = Math.max(
    threshold,
    effect === 'loosens' ? loosening : 0,
    guards.length > 0 ? guarded : 0,
    revocations.length > 0 ? Math.min(revocationSignaturesMin, able) : 0,
  );
  const needed = expulsion.signaturesMax === null ? usual : Math.min(usual, expulsion.signaturesMax);
  return {
    needed,
    effect,
    guards,
    leaving: expulsion.leaving,
    reasons: needed > threshold ? reasonsOf(changes, guards, revocations) : [],
  };
}

function reasonsOf(
  changes: readonly Change[],
  guards: readonly Diagnostic[],
  revocations: readonly Change[],
): readonly string[] {
  const loosening = changes.filter((change) => change.effect === 'loosens');
  const all = [
    ...guards.map((guard) => guard.message),
    ...revocations.map(({ file }) => `${file}: a revocation can’t be undone.`),
    ...loosening.map(
      ({ file, line, field, reason }) =>
        `${file}, line ${line}${field === '' ? '' : `, ${field}`}: ${reason}`,
    ),
  ];
  const more = all.length - reasonsMax;
  return more > 0 ? [...all.slice(0, reasonsMax), `… and ${more} more reasons.`] : all;
}
