/** News that somebody is told once, whichever portal notices it first. */
import { z } from 'zod';
import { recordEvent, type AuditAction } from '../audit/index.ts';
import { parsePersonHandle, parseProjectSlug } from '#core/ids/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Identity } from '#core/identity/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';

export interface News {
  /** What tells this piece of news from others of its subject. */
  readonly key: string;
  /** What it is about: the subject of its audit event. */
  readonly subject: string;
}

/** What this process knows to be told, by action: what was told once stays so, and isn't looked up again. */
const known = new WeakMap<object, Map<AuditAction, Set<string>>>();

function knownOf(db: object, action: AuditAction): Set<string> {
  const all = known.get(db) ?? new Map<AuditAction, Set<string>>();
  known.set(db, all);
  const mine = all.get(action) ?? new Set<string>();
  all.set(action, mine);
  return mine;
}

/** Those of `news` that nobody was told of. One query, for what this process doesn't know; by index, whatever else was told. */
export async function untoldOf<T>(
  db: Portal['db'],
  action: AuditAction,
  news: readonly T[],
  of: (one: T) => News,
): Promise<readonly T[]> {
  const told = knownOf(db, action);
  const asked = news.map(of).filter((one) => !told.has(nameOf(one)));
  if (asked.length > 0) {
    const rows = await db.$queryRaw<unknown[]>`
      SELECT asked.subject, asked.key
        FROM unnest(${asked.map((one) => one.subject)}::text[], ${asked.map((one) => one.key)}::text[]) AS asked(subject, key)
       WHERE EXISTS (SELECT FROM portal.audit_event AS told
                      WHERE told.subject = asked.subject AND told.action = ${action} AND told.detail ->> 'key' = asked.key)`;
    for (const row of rows) told.add(nameOf(rowSchema.parse(row)));
  }
  return news.filter((one) => !told.has(nameOf(of(one))));
}

const rowSchema = z.object({ subject: z.string(), key: z.string() });
const nameOf = ({ subject, key }: News): string => JSON.stringify([subject, key]);

/** Sends within a transaction and records it there; who comes second finds it told. `send` answers how many were told. */
export async function tellOnce(
  ctx: Pick<Portal, 'db' | 'now'>,
  { action, key, subject }: News & { readonly action: AuditAction },
  send: (transaction: Transaction) => Promise<number>,
): Promise<void> {
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}`}, 0))`;
    const before = await transaction.auditEvent.findFirst({
      where: { subject, action, detail: { path: ['key'], equals: key } },
      select: { id: true },
    });
    if (before !== null) return;
    const told = await send(transaction);
    await recordEvent(
      transaction,
      { ...ctx, actor: { kind: 'operator', name: 'portal' } },
      { action, subject, detail: { key, told } },
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
