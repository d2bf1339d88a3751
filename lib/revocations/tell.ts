/** Telling a project's people that a certificate of theirs was revoked, once, and again where it changed. */
import type { PolicySnapshot } from '../core/policy/index.ts';
import { notify, notifyReviewers, teamOf, tellOnce, toldKeys, type Message } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { noticesOf, type RevocationNotice } from './list.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;

/** Messages that go out at a time; what is left comes a few seconds later. */
const atOnce = 20;
const action = 'revocation.told';

/** Tells of what the policy in force revokes and nobody was told of. → what went wrong, in words. */
export async function tellOfRevocations(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await tellUnder(portal, accepted.snapshot);
  return [];
}

/** The same for a snapshot. Safe in several portals at once: who comes second finds it told. */
export async function tellUnder(ctx: Telling, snapshot: PolicySnapshot): Promise<void> {
  const notices = noticesOf(snapshot);
  if (notices.length === 0) return;
  const told = await toldKeys(ctx.db, action);
  for (const notice of notices.filter((one) => !told.has(keyOf(one))).slice(0, atOnce)) {
    const subject = `certificate:${notice.serial}`;
    await tellOnce(ctx, { action, key: keyOf(notice), subject }, async (transaction) => {
      const message = messageOf(notice);
      const team = teamOf(snapshot, notice.project);
      for (const id of team) await notify(transaction, ctx, id, message);
      await notifyReviewers(transaction, ctx, snapshot, { ...message, kind: 'review-alert' }, team);
      return team.length;
    });
  }
}

/** Another date or another reason is news. */
const keyOf = ({ serial, effectiveAt, reason }: RevocationNotice): string =>
  `${serial} ${effectiveAt.toISOString()} ${reason}`;

function messageOf({ serial, projectName, certificate, effectiveAt, statement }: RevocationNotice): Message {
  const since = `${effectiveAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return {
    kind: 'project-news',
    subject: `The certificate ${certificate} of ${projectName} is revoked`,
    body:
      `It is revoked as of ${since}: what it signed since then, and what has no timestamp, is no longer good. The public is ` +
      `told: ${statement}\n\nIf you think that this is wrong, write to the ` +
      'foundation’s reviewers. A project that is reinstated gets a new certificate with a new key.',
    path: `/revocations/${serial}`,
  };
}
