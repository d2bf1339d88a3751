/**
 * Signatures needed for a change that removes policy maintainers: those who remain must be able to do it, and nobody
 * else.
 */
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

/** One key alone expels nobody: of two policy maintainers, nobody can tell whose key was stolen. */
export const expulsionSignaturesMin = 2;

/**
 * Those who leave don't count. Where the policy requires everybody's signature, that would keep a stolen key in for
 * ever, so a change that removes exactly one person and does nothing else takes at most all the others.
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

/** Their name, keys and roles are removed, and numbers that can't be reached any more are lowered. */
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
