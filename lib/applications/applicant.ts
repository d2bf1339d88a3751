/** Who applies, and under which conditions. */
import type { Identity } from '#core/identity/index.ts';
import { accountsOf } from '../platform/auth/index.ts';
import type { Admission, Builders } from './questions/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { ApplicationsError } from './error.ts';

export interface Applicant {
  /** What the application is under. */
  readonly identity: Identity;
  /** All accounts of the applicant. */
  readonly identities: readonly Identity[];
  readonly name: string;
}

/** Anybody with an account may apply. */
export function applicantOf({ actor }: Pick<Context, 'actor'>): Applicant {
  if (actor.kind === 'account' || actor.kind === 'person') {
    return { identity: actor.identity, identities: accountsOf(actor), name: actor.name };
  }
  throw new ApplicationsError({
    code: 'NOT_SIGNED_IN',
    message: 'You are not signed in.',
    fix: 'Sign in in another tab, then send this again: what you typed is still here.',
  });
}

export interface Conditions {
  readonly admission: Admission;
  readonly commit: CommitSha;
  readonly snapshot: PolicySnapshot;
  /** What the trust root lists. */
  readonly builders: Builders;
}

/** null: the foundation takes no applications here. */
export async function findConditions(ctx: Pick<Portal, 'db' | 'policies'>): Promise<Conditions | null> {
  const accepted = await acceptedPolicy(ctx);
  const admission = accepted?.snapshot.foundation.value.admission;
  if (accepted === null || admission === undefined) return null;
  const { commit, snapshot } = accepted;
  return { admission, commit, snapshot, builders: snapshot.trustRoot.value };
}

export async function conditionsOf(ctx: Pick<Portal, 'db' | 'policies'>): Promise<Conditions> {
  const conditions = await findConditions(ctx);
  if (conditions !== null) return conditions;
  throw new ApplicationsError({
    code: 'NO_ADMISSION',
    message: 'This foundation takes no applications here.',
    fix: 'Ask the foundation how projects can join.',
  });
}
