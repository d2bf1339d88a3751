/** Notices that are sent once, whichever portal process finds them due first. */
import { z } from 'zod';
import { recordEvent, type AuditAction } from '../audit/index.ts';
import { parsePersonHandle, parseProjectSlug } from '#core/ids/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Identity } from '#core/identity/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';

export interface Notice {
  /** Distinguishes this notice from others about the same subject. */
  readonly key: string;
  /** What it is about: the subject of its audit event. */
  readonly subject: string;
}

/** Keys of notices that this process knows to have been sent, by action. They stay sent, so they aren't looked up again. */
const sentKeys = new WeakMap<object, Map<AuditAction, Set<string>>>();

function sentKeysOf(db: object, action: AuditAction): Set<string> {
  const all = sentKeys.get(db) ?? new Map<AuditAction, Set<string>>();
  sentKeys.set(db, all);
  const mine = all.get(action) ?? new Set<string>();
  all.set(action, mine);
  return mine;
}

/** Those of `notices` that haven't been sent. One indexed query, for the keys that this process doesn't know. */
export async function unsentNotices<T>(
  db: Portal['db'],
  action: AuditAction,
  notices: readonly T[],
  noticeOf: (item: T) => Notice,
): Promise<readonly T[]> {
  const sent = sentKeysOf(db, action);
  const unknown = notices.map(noticeOf).filter((notice) => !sent.has(nameOf(notice)));
  if (unknown.length > 0) {
    const rows = await db.$queryRaw<unknown[]>`
      SELECT asked.subject, asked.key
        FROM unnest(${unknown.map((notice) => notice.subject)}::text[], ${unknown.map((notice) => notice.key)}::text[]) AS asked(subject, key)
       WHERE EXISTS (SELECT FROM portal.audit_event AS sent
                      WHERE sent.subject = asked.subject AND sent.action = ${action} AND sent.detail ->> 'key' = asked.key)`;
    for (const row of rows) sent.add(nameOf(rowSchema.parse(row)));
  }
  return notices.filter((notice) => !sent.has(nameOf(noticeOf(notice))));
}

const rowSchema = z.object({ subject: z.string(), key: z.string() });
const nameOf = ({ subject, key }: Notice): string => JSON.stringify([subject, key]);

/** Sends within a transaction and records it there; a second process finds it sent. `send` returns the number of recipients. */
export async function notifyOnce(
  ctx: Pick<Portal, 'db' | 'now'>,
  { action, key, subject }: Notice & { readonly action: AuditAction },
  send: (transaction: Transaction) => Promise<number>,
): Promise<void> {
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}`}, 0))`;
    const before = await transaction.auditEvent.findFirst({
      where: { subject, action, detail: { path: ['key'], equals: key } },
      select: { id: true },
    });
    if (before !== null) return;
    const sent = await send(transaction);
    await recordEvent(
      transaction,
      { ...ctx, actor: { kind: 'operator', name: 'portal' } },
      { action, subject, detail: { key, told: sent } },
    );
  });
}

/** Everybody on the team, each once. */
export function teamOf({ projects, people }: PolicySnapshot, slug: string): readonly Identity[] {
  const team = projects.get(parseProjectSlug(slug))?.project.value.team;
  if (team === undefined) return [];
  const { authors, reviewers, approvers, submitters = [], configurators = [] } = team;
  const handles = [...authors, ...reviewers, ...approvers, ...submitters, ...configurators];
  return [...new Set(handles)].flatMap((handle) => {
    const person = people.get(parsePersonHandle(handle))?.value;
    return person === undefined ? [] : [identitiesOf(person)[0]];
  });
}
