/** News that somebody is told once, whichever portal notices it first. */
import { recordEvent, type AuditAction } from '../audit/index.ts';
import { parsePersonHandle, parseProjectSlug } from '../core/ids/index.ts';
import type { PolicySnapshot } from '../core/policy/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';

/** Keys of what was told under an action of the audit log. */
export async function toldKeys(
  db: Pick<Portal['db'], 'auditEvent'>,
  action: string,
): Promise<ReadonlySet<string>> {
  const events = await db.auditEvent.findMany({ where: { action }, select: { detail: true } });
  return new Set(
    events.flatMap(({ detail }) => {
      const key = typeof detail === 'object' && detail !== null && 'key' in detail ? detail['key'] : null;
      return typeof key === 'string' ? [key] : [];
    }),
  );
}

/** Sends within a transaction and records it there; who comes second finds it told. `send` answers how many were told. */
export async function tellOnce(
  ctx: Pick<Portal, 'db' | 'now'>,
  { action, key, subject }: { readonly action: AuditAction; readonly key: string; readonly subject: string },
  send: (transaction: Transaction) => Promise<number>,
): Promise<void> {
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}`}, 0))`;
    if ((await toldKeys(transaction, action)).has(key)) return;
    const told = await send(transaction);
    await recordEvent(
      transaction,
      { ...ctx, actor: { kind: 'operator', name: 'portal' } },
      { action, subject, detail: { key, told } },
    );
  });
}

/** Numeric ids of everybody on the team, each once. */
export function teamOf({ projects, people }: PolicySnapshot, slug: string): readonly string[] {
  const team = projects.get(parseProjectSlug(slug))?.project.value.team;
  if (team === undefined) return [];
  const { authors, reviewers, approvers, submitters = [], configurators = [] } = team;
  const handles = [...authors, ...reviewers, ...approvers, ...submitters, ...configurators];
  const ids = handles.flatMap((handle) => people.get(parsePersonHandle(handle))?.value.githubId ?? []);
  return [...new Set(ids)];
}
