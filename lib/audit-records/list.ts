/** Pages of the audit trail, of decisions, of the journal and of the policy's history, newest first, by keyset. */
import { decisionActionNames, isExportedKind, visiblePart } from '#core/audit/index.ts';
import { sql, type Sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { requireAuditor } from './authorise.ts';
import { checkQuery, formatAfter, type CheckedQuery, type RecordList, type RecordQuery } from './query.ts';
import {
  factsOf,
  pageRows,
  rowSchema,
  type AuditRecordLine,
  type RecordPage,
  type RecordRow,
} from './record.ts';
import { scopeOf } from './project-subjects.ts';
import {
  approvalRows,
  eventRows,
  journalRows,
  policyRows,
  reviewDecisionRows,
  type Arm,
  type Limits,
} from './sources.ts';
import { approvalKinds, journalDecisions } from './decision-kinds.ts';

export async function listRecords(call: {
  readonly ctx: Context;
  readonly input: RecordQuery & { readonly list: RecordList };
}): Promise<RecordPage> {
  const { ctx, input } = call;
  requireAuditor(ctx);
  const query = checkQuery(input.list, input, ctx.now());
  const { project, from, to } = query;
  const scope = project === null ? null : await scopeOf(ctx, project, { from, to });
  const arms = armsOf(input.list, { ...query, project: scope });
  if (arms.length === 0) return { items: [], next: null };
  const all = arms
    .map((arm) => part(arm, query))
    .reduce((joined, other) => sql`${joined} UNION ALL ${other}`);
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT key, at, kind, actor, subject, detail FROM (${all}) AS record
     ORDER BY at DESC, key COLLATE "C" DESC LIMIT ${pageRows + 1}`;
  const items = rows.map((row) => lineOf(rowSchema.parse(row)));
  const page = items.slice(0, pageRows);
  const last = page.at(-1);
  return { items: page, next: items.length > pageRows && last !== undefined ? formatAfter(last) : null };
}

/** Each source is limited to a page by itself, so that none is read further than the page needs. */
function part(arm: Arm, { after }: CheckedQuery): Sql {
  const since =
    after === null
      ? sql`true`
      : sql`(at < ${after.at} OR (at = ${after.at} AND key COLLATE "C" < ${after.key}))`;
  const upTo = after === null ? sql`true` : sql`at <= ${after.at}`;
  return sql`(SELECT key, at, kind, actor, subject, detail FROM (${arm(upTo)}) AS source
               WHERE ${since} ORDER BY at DESC, key COLLATE "C" DESC LIMIT ${pageRows + 1})`;
}

function armsOf(list: RecordList, query: Limits & Pick<CheckedQuery, 'kind'>): readonly Arm[] {
  const { kind } = query;
  switch (list) {
    case 'events':
      return [eventRows(query, kind === null ? null : [kind])];
    case 'journal':
      return query.actor === null ? [journalRows(query, kind === null ? null : [kind])] : [];
    case 'policies':
      return query.actor === null ? [policyRows(query)] : [];
    case 'decisions': {
      const asked = (kinds: readonly string[]): readonly string[] =>
        kind === null ? kinds : kinds.filter((known) => known === kind);
      const events = asked(decisionActionNames.filter((name) => name !== 'review.decided'));
      const [approvals, entries] = [asked(approvalKinds), asked(journalDecisions)];
      return [
        ...(events.length > 0 ? [eventRows(query, events)] : []),
        ...(asked(['review.decided']).length > 0 ? [reviewDecisionRows(query)] : []),
        // The signer's records name keys and requests, not accounts.
        ...(query.actor === null && approvals.length > 0 ? [approvalRows(query, approvals)] : []),
        ...(query.actor === null && entries.length > 0 ? [journalRows(query, entries)] : []),
      ];
    }
  }
}

function lineOf({ key, at, kind, actor, subject, detail }: RecordRow): AuditRecordLine {
  const place = key.slice(0, key.indexOf(':'));
  const common = { key, at, kind, subject };
  if (place === 'event') {
    const shown = visiblePart({ action: kind, actor: actor ?? '', detail });
    return { ...common, source: 'portal', actor: shown.actor, facts: factsOf(shown.detail) };
  }
  if (place === 'review-decision')
    return { ...common, source: 'portal', actor, facts: factsOf(asObject(detail)) };
  const shown = place === 'journal' && !isExportedKind(kind) ? {} : asObject(detail);
  return { ...common, source: 'signer', actor, facts: factsOf(shown) };
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
