/** One entry, with all that may be seen of it. */
import { z } from 'zod';
import { isExportedKind, visiblePart } from '#core/audit/index.ts';
import { entryHash } from '#core/wire/journal/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { JournalEntry as JournalRow } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { requireAuditor } from './authorise.ts';
import { factsOf, type AuditRecordLine } from './record.ts';

export interface JournalEntryView {
  readonly seq: string;
  readonly at: Date;
  readonly requestId: string | null;
  readonly kind: string;
  /** JSON, indented; cut where it is too long for a page. null: of a kind that isn't shown. */
  readonly body: string | null;
  readonly isCut: boolean;
  readonly previousHash: string;
  readonly entryHash: string;
  /** Whether the hash is the entry's own, and names the entry before it, by what the database says now. */
  readonly linked: boolean;
}

const shownCharactersMax = 50_000;

type Call = { readonly ctx: Context; readonly input: { readonly number: bigint } };

/** null: there is no such entry. */
export async function readEvent({ ctx, input }: Call): Promise<AuditRecordLine | null> {
  requireAuditor(ctx);
  const row = await ctx.db.auditEvent.findUnique({ where: { id: input.number } });
  if (row === null) return null;
  const { actor, detail } = visiblePart(row);
  const { id, at, action, subject } = row;
  return { key: `event:${id}`, at, source: 'portal', kind: action, actor, subject, facts: factsOf(detail) };
}

/** null: there is no such entry. */
export async function readJournalEntry({ ctx, input }: Call): Promise<JournalEntryView | null> {
  requireAuditor(ctx);
  const [row, before] = await Promise.all([
    ctx.db.journalEntry.findUnique({ where: { seq: input.number } }),
    ctx.db.journalEntry.findUnique({ where: { seq: input.number - 1n }, select: { entryHash: true } }),
  ]);
  if (row === null) return null;
  const { seq, at, requestId, kind, body, previousHash } = row;
  const text = isExportedKind(kind) ? indented(body) : null;
  const linked = before === null ? input.number === 1n : before.entryHash === previousHash;
  return {
    seq: seq.toString(),
    at,
    requestId,
    kind,
    previousHash,
    entryHash: row.entryHash,
    body: text === null ? null : text.slice(0, shownCharactersMax).toWellFormed(),
    isCut: text !== null && text.length > shownCharactersMax,
    linked: linked && hashOf(row) === row.entryHash,
  };
}

/** null: what is there can't be hashed as an entry. */
function hashOf(row: Omit<JournalRow, 'entryHash'>): string | null {
  const previousHash = /^[0-9a-f]{64}$/.test(row.previousHash) ? parseSha256Hex(row.previousHash) : null;
  return previousHash === null ? null : entryHash({ ...row, previousHash });
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export interface ReviewDecisionView {
  readonly at: Date;
  readonly reviewer: string;
  readonly outcome: string;
  readonly review: number;
  readonly application: number;
  readonly round: string;
  readonly program: string;
  /** What was judged by which evidence; what the reviewer wrote about it is between them and the applicant. */
  readonly criteria: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly evidence: readonly number[];
  }[];
}

const criteriaSchema = z
  .array(z.object({ id: z.string(), verdict: z.string(), evidence: z.array(z.number()) }))
  .catch([]);

/** null: there is no such decision. */
export async function readReviewDecision({ ctx, input }: Call): Promise<ReviewDecisionView | null> {
  requireAuditor(ctx);
  if (input.number > idMax) return null;
  const row = await ctx.db.reviewDecision.findUnique({
    where: { id: Number(input.number) },
    select: {
      at: true,
      reviewer: true,
      outcome: true,
      criteria: true,
      reviewId: true,
      review: { select: { applicationId: true, kind: true, program: true } },
    },
  });
  if (row === null) return null;
  const { at, reviewer, outcome, reviewId, review } = row;
  return {
    at,
    reviewer,
    outcome,
    review: reviewId,
    application: review.applicationId,
    round: review.kind,
    program: review.program,
    criteria: criteriaSchema.parse(row.criteria),
  };
}

const idMax = 2_147_483_647n;
