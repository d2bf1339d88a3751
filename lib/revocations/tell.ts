/** Telling a project's people that a certificate of theirs was revoked, once, and again where it changed. */
import { recordEvent } from '../audit/index.ts';
import { parsePersonHandle, parseProjectSlug } from '../core/ids/index.ts';
import type { PolicySnapshot } from '../core/policy/index.ts';
import { notify, notifyReviewers, type Message } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { noticesOf, type RevocationNotice } from './list.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;

/** Messages that go out at a time; what is left comes a few seconds later. */
const atOnce = 20;
const lockName = 'countersign:revocations-told';

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
  const told = await toldOf(ctx.db);
  for (const notice of notices.filter((one) => !told.has(keyOf(one))).slice(0, atOnce)) {
    await ctx.db.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lockName}, 0))`;
      if ((await toldOf(transaction)).has(keyOf(notice))) return;
      const message = messageOf(notice);
      const team = teamOf(snapshot, notice.project);
      for (const id of team) await notify(transaction, ctx, id, message);
      await notifyReviewers(transaction, ctx, snapshot, { ...message, kind: 'review-alert' }, team);
      await recordEvent(
        transaction,
        { ...ctx, actor: { kind: 'operator', name: 'portal' } },
        {
          action: 'revocation.told',
          subject: `certificate:${notice.serial}`,
          detail: { key: keyOf(notice), told: team.length },
        },
      );
    });
  }
}

async function toldOf(db: Pick<Telling['db'], 'auditEvent'>): Promise<ReadonlySet<string>> {
  const events = await db.auditEvent.findMany({
    where: { action: 'revocation.told' },
    select: { detail: true },
  });
  return new Set(
    events.flatMap(({ detail }) => {
      const key = typeof detail === 'object' && detail !== null && 'key' in detail ? detail['key'] : null;
      return typeof key === 'string' ? [key] : [];
    }),
  );
}

/** Another date or another reason is news. */
const keyOf = ({ serial, effectiveAt, reason }: RevocationNotice): string =>
  `${serial} ${effectiveAt.toISOString()} ${reason}`;

/** Numeric ids of everybody on the team, each once. */
function teamOf({ projects, people }: PolicySnapshot, slug: string): readonly string[] {
  const team = projects.get(parseProjectSlug(slug))?.project.value.team;
  if (team === undefined) return [];
  const handles = [...team.authors, ...team.reviewers, ...team.approvers];
  const ids = handles.flatMap((handle) => people.get(parsePersonHandle(handle))?.value.githubId ?? []);
  return [...new Set(ids)];
}

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
