/** Notifies a project's people that a certificate of theirs was revoked, once, and again if the revocation changed. */
import { recordEvents } from '../audit/index.ts';
import { listCertificates, type PublishedCertificate } from '../certificates/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import {
  notify,
  notifyReviewers,
  teamOf,
  notifyOnce,
  unsentNotices,
  type Message,
} from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { noticesOf, type RevocationNotice } from './list.ts';

type NotifyContext = Pick<Portal, 'db' | 'now' | 'config'>;

/** Notices sent in one run; the rest follow a few seconds later. */
const atOnce = 20;
const action = 'revocation.told';

/** Sends notices of revocations in the policy in force that haven't been sent yet. → what went wrong, in words. */
export async function notifyOfRevocations(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null)
    await sendRevocationNotices(portal, accepted.snapshot, await listCertificates({ ctx: portal }));
  return [];
}

/**
 * The same for a snapshot. Certificates that were revoked together, as all of a project are, are one message. May run in
 * several portals at once: the second finds the notice sent.
 */
export async function sendRevocationNotices(
  ctx: NotifyContext,
  snapshot: PolicySnapshot,
  certificates: readonly PublishedCertificate[],
): Promise<void> {
  const notices = noticesOf(snapshot, ctx.now(), certificates);
  if (notices.length === 0) return;
  const unsent = await unsentNotices(ctx.db, action, notices, (notice) => ({
    key: keyOf(notice),
    subject: subjectOf(notice),
  }));
  const groups = Map.groupBy(unsent, ({ project, effectiveAt, statement }) =>
    JSON.stringify([project, effectiveAt, statement]),
  );
  for (const group of [...groups.values()].slice(0, atOnce)) {
    const [first, ...others] = group;
    if (first === undefined) continue;
    await notifyOnce(ctx, { action, key: keyOf(first), subject: subjectOf(first) }, async (transaction) => {
      const message = messageOf(first, others);
      const team = teamOf(snapshot, first.project);
      for (const id of team) await notify(transaction, ctx, id, message);
      await notifyReviewers(transaction, ctx, snapshot, { ...message, kind: 'review-alert' }, team);
      await recordEvents(
        transaction,
        { ...ctx, actor: { kind: 'operator', name: 'portal' } },
        others.map((other) => ({
          action,
          subject: subjectOf(other),
          detail: { key: keyOf(other), told: team.length },
        })),
      );
      return team.length;
    });
  }
}

const subjectOf = ({ serial }: RevocationNotice): string => `certificate:${serial}`;

/** A changed date or reason is a new notice. */
const keyOf = ({ serial, effectiveAt, reason }: RevocationNotice): string =>
  `${serial} ${effectiveAt.toISOString()} ${reason}`;

function messageOf(first: RevocationNotice, others: readonly RevocationNotice[]): Message {
  const { serial, project, projectName, certificate, effectiveAt, statement } = first;
  const since = `${effectiveAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const many = others.length > 0;
  const all = [first, ...others].map((notice) => `${notice.certificate} (${notice.serial})`).join(', ');
  const own = [first, ...others].filter((notice) => notice.publisher === 'project');
  const isOwn = own.length === others.length + 1;
  const verb = isOwn ? 'no longer used for signing' : 'revoked';
  return {
    kind: 'project-news',
    subject: many
      ? `${others.length + 1} certificates of ${projectName} are ${verb}`
      : `The certificate ${certificate} of ${projectName} is ${verb}`,
    body:
      `${many ? `These are ${verb} as of ${since}: ${all}. What they` : `It is ${verb} as of ${since}: what it`} signed since ` +
      `then, and what has no timestamp, is no longer good according to the foundation. The public statement: ${statement}\n\n` +
      (own.length === 0
        ? ''
        : `${many ? `${own.map((notice) => notice.certificate).join(', ')}: your` : 'Your'} own certificate, which the foundation can’t revoke for everybody: ask the ` +
          'authority that issued it to do so. Until it has, Windows goes on showing what it signed as valid.\n\n') +
      'If you think that this is wrong, appeal on the page of the notice. A project that is reinstated gets a new certificate with a new key' +
      (isOwn ? ', from its own authority or from the foundation.' : '.'),
    path: many ? `/projects/${project}` : `/revocations/${serial}`,
  };
}
