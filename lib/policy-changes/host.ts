/** The Git host of the policy repository, on behalf of whoever asks. */
import { portalIdentity } from '#core/policy/acceptance/index.ts';
import type { Account, PolicyHost } from '../platform/git-host/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { AcceptedPolicy, Context, Portal } from '../platform/portal/index.ts';
import { PolicyChangesError } from './error.ts';

/** The portal's own account, for what nobody in particular does: checks, comments, bringing branches up to date. */
export const portalAccount: Account = { ...portalIdentity, login: 'countersign' };

export function hostFor(ctx: Pick<Portal, 'policyHosts'>, account: Account = portalAccount): PolicyHost {
  const { policyHosts } = ctx;
  if (policyHosts === null) {
    throw new PolicyChangesError({
      code: 'NO_POLICY_HOST',
      message: 'This portal is not connected to the Git host of the policy repository.',
      fix: 'Set policyHost in the portal’s configuration; until then, propose changes on the Git host itself.',
    });
  }
  return policyHosts.for(account);
}

/** The caller, as the Git host knows people. Only people whom the policy names may change anything. */
export function personOf(ctx: Pick<Context, 'actor'>): Extract<Context['actor'], { kind: 'person' }> {
  if (ctx.actor.kind === 'person') return ctx.actor;
  throw new PolicyChangesError({
    code: 'NOT_ALLOWED',
    message: 'Only people whom the policy in force names can do this.',
    fix: 'Sign in; where you are signed in, ask a policy maintainer to add you under people/.',
  });
}

export function accountOf(ctx: Pick<Context, 'actor'>): Account {
  const { identity, handle } = personOf(ctx);
  return { ...identity, login: handle };
}

export async function policyInForce(ctx: Pick<Portal, 'db' | 'policies'>): Promise<AcceptedPolicy> {
  const accepted = await acceptedPolicy(ctx);
  if (accepted !== null) return accepted;
  throw new PolicyChangesError({
    code: 'NO_ACCEPTED_POLICY',
    message: 'The signer has not accepted any policy yet, so there is nothing to change.',
    fix: 'Wait for the signer; its state is on the page “Service state”.',
  });
}
