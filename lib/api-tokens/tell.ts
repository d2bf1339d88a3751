/** Telling a team that a token ends soon, or stopped working because its maker left. */
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
/** Looked at in one run; those that come next wait for the next run. */
const atOnce = 200;

type News = 'ending' | 'maker-left';

/** Run again and again; each is told once. Safe in several portals at once. */
export async function tellOfTokens(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  for (const what of ['ending', 'maker-left'] as const) await tell(portal, accepted.snapshot, what);
  return [];
}

async function tell(portal: Portal, snapshot: PolicySnapshot, what: News): Promise<void> {
  const now = portal.now();
  let after = '';
  for (;;) {
    // By id, all of the active ones: who left is known to the policy, not to the table.
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
      const left = hasLeft(snapshot, row);
      // A token that nobody can use any more ends for nobody.
      if (left === (what === 'maker-left')) await tellOne(portal, snapshot, row, what);
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

async function tellOne(portal: Portal, snapshot: PolicySnapshot, row: ApiToken, what: News): Promise<void> {
  await portal.db.$transaction(async (transaction) => {
    const { count } = await transaction.apiToken.updateMany({
      where: { id: row.id, revokedAt: null, NOT: { told: { has: what } } },
      data: { told: { push: what } },
    });
    // Another portal process was first, or somebody revoked it meanwhile.
    if (count === 0) return;
    const accounts = new Set(teamOf(snapshot, row.projectSlug));
    for (const account of accounts) await notify(transaction, portal, account, messageOf(row, what));
  });
}

function messageOf({ name, projectSlug, createdBy, expiresAt, lastUsedAt }: ApiToken, what: News): Message {
  const path = `/projects/${projectSlug}/tokens`;
  const used =
    lastUsedAt === null
      ? 'It was never used.'
      : `It was last used on ${lastUsedAt.toISOString().slice(0, 10)}.`;
  const another = 'Whoever needs it makes another, puts it where this one is, and revokes this one.';
  return what === 'ending'
    ? {
        kind: 'project-news',
        path,
        subject: `The API token “${name}” of ${projectSlug} expires on ${expiresAt.toISOString().slice(0, 10)}`,
        body: `What submits with it is refused from then on. ${used} ${another}`,
      }
    : {
        kind: 'project-news',
        path,
        subject: `The API token “${name}” of ${projectSlug} no longer works`,
        body: `${createdBy}, who made it, is no author, approver or submitter of the project any more, and what they made stopped working with that. ${used} ${another}`,
      };
}
