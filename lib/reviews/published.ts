/** The decision as the applicant sees it: what was judged, on which evidence, and why, without the reviewers' names. */
import { conditionsOf } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { criteriaFor } from './decision.ts';
import type { Verdict } from './decision.ts';
import { readEvidence } from './evidence.ts';
import { toDecision } from './read.ts';

export interface PublishedDecision {
  readonly outcome: 'accepted' | 'rejected';
  readonly at: Date;
  readonly kind: string;
  /** One for each reviewer who came to this outcome. */
  readonly opinions: readonly {
    readonly reasons: string;
    readonly conditions: string;
    readonly reapplyFrom: Date | null;
    readonly criteria: readonly {
      readonly title: string;
      readonly verdict: Verdict;
      readonly comment: string;
      readonly evidence: readonly string[];
    }[];
  }[];
}

/** Of closed rounds, the last first. `application` has been found to be the reader's own. */
export async function publishedDecisions(
  ctx: Context,
  application: Pick<Application, 'id'>,
): Promise<readonly PublishedDecision[]> {
  const { admission } = await conditionsOf(ctx);
  const rounds = await ctx.db.review.findMany({
    where: { applicationId: application.id, state: 'closed', outcome: { in: ['accepted', 'rejected'] } },
    include: { decisions: { orderBy: { id: 'asc' } } },
    orderBy: { id: 'desc' },
    take: 20,
  });
  const evidence = await readEvidence(ctx.db, application.id, { all: true });
  const titles = new Map(evidence.map((item) => [item.id, `${item.title}: ${item.value}`]));
  return rounds.map((round) => {
    const criteria = new Map(
      criteriaFor(admission, round.program).map((criterion) => [criterion.id, criterion.title]),
    );
    const made = round.decisions.map(toDecision).filter((decision) => decision.outcome === round.outcome);
    return {
      outcome: round.outcome === 'accepted' ? 'accepted' : 'rejected',
      at: round.closedAt ?? round.openedAt,
      kind: round.kind,
      opinions: made.map((decision) => ({
        reasons: decision.reasons,
        conditions: decision.conditions,
        reapplyFrom: decision.reapplyFrom,
        criteria: decision.criteria.map(({ id, verdict, comment, evidence: cited }) => ({
          title: criteria.get(id) ?? id,
          verdict,
          comment,
          evidence: cited.map((number) => titles.get(number) ?? `evidence ${number}`),
        })),
      })),
    };
  });
}
