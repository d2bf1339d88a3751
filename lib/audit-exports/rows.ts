/** The portal's records of a period, oldest first, as rows of an export. */
import { z } from 'zod';
import {
  decisionActionNames,
  visiblePart,
  type AuditPeriod,
  type AuditRecord,
  type AuditRow,
} from '#core/audit/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { sql, type Database, type Sql } from '../platform/db/index.ts';

const pageRows = 500;

const rowSchema = z.object({
  place: z.string(),
  at: z.date(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.unknown(),
});
type Row = z.infer<typeof rowSchema>;

export function rowsOf(db: Database, record: AuditRecord, period: AuditPeriod): AsyncGenerator<AuditRow> {
  return record === 'audit-events' ? events(db, period) : decisions(db, period);
}

async function* events(db: Database, period: AuditPeriod): AsyncGenerator<AuditRow> {
  for await (const row of pages(db, period, eventsOf(period, sql`true`))) {
    const { actor, detail } = visiblePart(row);
    const { action, subject, at } = row;
    yield { id: numberOf(row), at: at.toISOString(), actor, action, subject, detail };
  }
}

async function* decisions(db: Database, period: AuditPeriod): AsyncGenerator<AuditRow> {
  const kinds = decisionActionNames.filter((name) => name !== 'review.decided');
  const all = sql`${eventsOf(period, sql`action = ANY(${kinds})`)} UNION ALL ${reviewsOf(period)}`;
  for await (const row of pages(db, period, all)) {
    const { action: decision, subject, at } = row;
    const isReview = row.place.startsWith('review-decision:');
    const { actor, detail } = isReview
      ? { actor: row.actor, detail: verdictsOf(row.detail) }
      : visiblePart(row);
    const outcome = detail['outcome'] ?? null;
    yield {
      id: `${isReview ? 'review-decision' : 'event'}:${numberOf(row)}`,
      at: at.toISOString(),
      actor,
      decision,
      subject,
      outcome,
      detail,
    };
  }
}

const eventsOf = ({ from, to }: AuditPeriod, condition: Sql): Sql => sql`
  SELECT 'event:' || lpad(id::text, 19, '0') AS place, at, actor, action, subject, detail FROM portal.audit_event
   WHERE at >= ${from} AND at < ${to} AND ${condition}`;

const reviewsOf = ({ from, to }: AuditPeriod): Sql => sql`
  SELECT 'review-decision:' || lpad(decision.id::text, 19, '0'), decision.at, 'person:' || decision.reviewer,
         'review.decided', 'review:' || decision.review_id,
         jsonb_build_object('outcome', decision.outcome, 'application', review.application_id, 'round', review.kind,
                            'program', review.program, 'criteria', decision.criteria)
    FROM portal.review_decision AS decision JOIN portal.review ON review.id = decision.review_id
   WHERE decision.at >= ${from} AND decision.at < ${to}`;

async function* pages(db: Database, { from }: AuditPeriod, rows: Sql): AsyncGenerator<Row> {
  let [at, place] = [from, ''];
  for (;;) {
    const page = await db.$queryRaw<unknown[]>`
      SELECT place, at, actor, action, subject, detail FROM (${rows}) AS record
       WHERE at > ${at} OR (at = ${at} AND place COLLATE "C" > ${place})
       ORDER BY at, place COLLATE "C" LIMIT ${pageRows}`;
    for (const one of page) {
      const row = rowSchema.parse(one);
      [at, place] = [row.at, row.place];
      yield row;
    }
    if (page.length < pageRows) return;
  }
}

const numberOf = ({ place }: Row): string => place.slice(place.indexOf(':') + 1).replace(/^0+(?=.)/, '');

const detailSchema = z
  .object({
    outcome: z.string(),
    application: z.number(),
    round: z.string(),
    program: z.string(),
    criteria: z
      .array(z.object({ id: z.string(), verdict: z.string(), evidence: z.array(z.number()) }))
      .catch([]),
  })
  .catch({ outcome: '', application: 0, round: '', program: '', criteria: [] });

/** What was judged and by which evidence, without what the reviewer wrote: the schema leaves it out. */
function verdictsOf(detail: unknown): Readonly<Record<string, JsonValue>> {
  return detailSchema.parse(detail);
}
