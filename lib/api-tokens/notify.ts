/** Notifies a team that a token expires soon, or stopped working because its maker left. */
import { parseProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { notify, teamOf } from '../notifications/index.ts';
import type { Message } from '../notifications/index.ts';
import { mayMakeTokens, personOfAccount } from '../platform/auth/index.ts';
import type { ApiToken } from '../platform/db/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import { makerOf } from './list.ts';
import type { Portal } from '../platform/portal/index.ts';

const soonMilliseconds = 14 * 86_400_000;
/** Tokens read at a time. */
const atOnce = 200;

type NoticeKind = 'ending' | 'maker-left';

/** Run repeatedly; one notice per token and kind. May run in several portals at once. */
export async function notifyOfTokens(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  for (const what of ['ending', 'maker-left'] as const) await notifyAll(portal, accepted.snapshot, what);
  return [];
}

async function notifyAll(portal: Portal, snapshot: PolicySnapshot, what: NoticeKind): Promise<void> {
  const now = portal.now();
  let after = '';
  for (;;) {
    // All active ones, by id: who left is in the policy, not in the table.
    const rows = await portal.db.apiToken.findMany({
      where: {
        revokedAt: null,
        NOT: { told: { has: what } },
        ...(after === '' ? {} : { id: { gt: after } }),
        expiresAt:
          what === 'ending' ? { gt: now, lte: new Date(now.getTime() + soonMilliseconds) } : { gt: now },
      },
      orderBy: { id: 'asc' },
      take: atOnce,
    });
    for (const row of rows) {
      const isOrphaned = hasLeft(snapshot, row);
      // Nobody is notified that a token expires that no longer works.
      if (isOrphaned === (what === 'maker-left')) await sendNotice(portal, snapshot, row, what);
    }
    const last = rows.at(-1);
    if (rows.length < atOnce || last === undefined) return;
    after = last.id;
  }
}

function hasLeft(snapshot: PolicySnapshot, row: ApiToken): boolean {
  const maker = personOfAccount(snapshot, makerOf(row), false);
  return maker === null || !mayMakeTokens(maker.roles, parseProjectSlug(row.projectSlug));
}

async function sendNotice(
  portal: Portal,
  snapshot: PolicySnapshot,
  row: ApiToken,
  what: NoticeKind,
): Promise<void> {
  await portal.db.$transaction(async (transaction) => {
    const { count } = await transaction.apiToken.updateMany({
      where: { id: row.id, revokedAt: null, NOT: { told: { has: what } } },
      data: { told: { push: what } },
    });
    // Another portal process was first, or somebody revoked it in the meantime.
    if (count === 0) return;
    const accounts = new Set(teamOf(snapshot, row.projectSlug));
    for (const account of accounts) await notify(transaction, portal, account, messageOf(row, what));
  });
}

function messageOf(
  { name, projectSlug, createdBy, expiresAt, lastUsedAt }: ApiToken,
  what: NoticeKind,
): Message {
  const path = `/projects/${projectSlug}/tokens`;
  const used =
    lastUsedAt === null
      ? 'It was never used.'
      : `It was last used on ${lastUsedAt.toISOString().slice(0, 10)}.`;
  const another = 'If you need it, create another, replace this one with it, and revoke this one.';
  return what === 'ending'
    ? {
        kind: 'project-news',
        path,
        subject: `The API token “${name}” of ${projectSlug} expires on ${expiresAt.toISOString().slice(0, 10)}`,
        body: `From then on, submissions with it are refused. ${used} ${another}`,
      }
    : {
        kind: 'project-news',
        path,
        subject: `The API token “${name}” of ${projectSlug} no longer works`,
        body: `${createdBy}, who made it, is no longer an author, approver or submitter of the project, so their tokens no longer work. ${used} ${another}`,
      };
}
