/** What a change takes that turns policy maintainers into none: those who remain have to be able to do it, and nobody less. */
import type { PersonHandle } from '../../ids/index.ts';
import { ableMaintainers } from '../index.ts';
import type { PolicySnapshot } from '../index.ts';
import type { Change } from './change.ts';

export interface Expulsion {
  /** Policy maintainers who could sign before the change and can't after it. */
  readonly leaving: readonly PersonHandle[];
  /**
   * The most signatures that it may take: all who remain, where the change does nothing but let one of them go. null:
   * what it takes otherwise.
   */
  readonly signaturesMax: number | null;
}

/** One key alone expels nobody: two policy maintainers can't tell anybody which of them has lost theirs. */
export const expulsionSignaturesMin = 2;

/**
 * Whoever leaves doesn't count. Where the policy asks for the signatures of all, that alone would keep a stolen key in
 * for ever, so a change that lets exactly one person go and does nothing else takes at most all the others.
 */
export function expulsionOf(
  base: PolicySnapshot,
  head: PolicySnapshot,
  changes: readonly Change[],
): Expulsion {
  const could = ableMaintainers(base);
  const can = new Set(ableMaintainers(head));
  const leaving = could.filter((personHandle) => !can.has(personHandle));
  const [person, another] = leaving;
  const remaining = could.length - leaving.length;
  const alone = person !== undefined && another === undefined && remaining >= expulsionSignaturesMin;
  const only = alone && changes.every((change) => isPart(change, person, remaining, base, head));
  return { leaving, signaturesMax: only ? remaining : null };
}

/** Their name goes, their keys and roles go, and numbers that can't be reached any more fall to what can. */
function isPart(
  { kind, file, field, before, after }: Change,
  person: PersonHandle,
  remaining: number,
  base: PolicySnapshot,
  head: PolicySnapshot,
): boolean {
  if (kind === 'Person') return file === `people/${person}.yaml` && after === null;
  if (kind !== 'TrustRoot') return false;
  if (field.startsWith('policyMaintainers.members')) return before === person && after === null;
  const number = (['threshold', 'looseningThreshold'] as const).find(
    (name) => field === `policyMaintainers.${name}`,
  );
  if (number === undefined) return false;
  const [was, is] = [base, head].map(
    (policySnapshot) => policySnapshot.trustRoot.value.policyMaintainers[number],
  );
  return was !== undefined && was > remaining && is === remaining;
}
