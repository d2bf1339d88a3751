/** A decision as it is written: every criterion judged, each judgement citing evidence. Pure. */
import { z } from 'zod';
import { parseText } from '../applications/index.ts';
import type { Admission } from '../core/application/index.ts';
import { ReviewsError } from './error.ts';

export const verdicts = ['met', 'not-met', 'not-applicable'] as const;
export type Verdict = (typeof verdicts)[number];

export interface CriterionJudgement {
  readonly id: string;
  readonly verdict: Verdict;
  /** Ids of the evidence it rests on. */
  readonly evidence: readonly number[];
  readonly comment: string;
}

export interface DecisionInput {
  readonly outcome: 'accepted' | 'rejected';
  readonly criteria: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly evidence: readonly number[];
    readonly comment: string;
  }[];
  readonly reasons: string;
  /** For a rejection: what has to change before another application. */
  readonly conditions: string;
  /** The first day of another application (yyyy-mm-dd), or empty. */
  readonly reapplyFrom: string;
}

export interface Decision {
  readonly outcome: 'accepted' | 'rejected';
  readonly criteria: readonly CriterionJudgement[];
  readonly reasons: string;
  readonly conditions: string;
  readonly reapplyFrom: Date | null;
}

export type Criterion = NonNullable<Admission['criteria']>[number];

/** The foundation's criteria for a program. */
export function criteriaFor(admission: Admission, program: string): readonly Criterion[] {
  return (admission.criteria ?? []).filter(
    ({ programs }) => programs === undefined || programs.some((one) => one === program),
  );
}

export const judgementsSchema = z.array(
  z.object({
    id: z.string(),
    verdict: z.enum(verdicts),
    evidence: z.array(z.number().int()),
    comment: z.string(),
  }),
);

const invalid = (message: string, fix: string): ReviewsError =>
  new ReviewsError({ code: 'DECISION_INVALID', message, fix });
const evidenceMax = 50;
const commentCharactersMax = 1_000;
const reapplyDaysMax = 730;
const dayMilliseconds = 24 * 3600 * 1000;

/** `known`: ids of the application's evidence. */
export function parseDecision(
  input: DecisionInput,
  criteria: readonly Criterion[],
  known: ReadonlySet<number>,
  now: Date,
): Decision {
  const { outcome } = input;
  const judged = criteria.map((criterion) => judgementOf(criterion, input, known));
  const notMet = judged.filter((one) => one.verdict === 'not-met');
  if (outcome === 'accepted' && notMet.length > 0) {
    throw invalid(
      `An accepted project meets every criterion; ${notMet.length} are marked as not met.`,
      'Change the criteria or the outcome.',
    );
  }
  if (outcome === 'rejected' && notMet.length === 0) {
    throw invalid(
      'A rejection needs at least one criterion that isn’t met.',
      'Mark what isn’t met: the applicant has to know what to change.',
    );
  }
  return {
    ...{ outcome, criteria: judged },
    reasons: parseText(input.reasons, 'The field “Reasons”'),
    conditions:
      outcome === 'rejected' ? parseText(input.conditions, 'The field “Before applying again”') : '',
    reapplyFrom: outcome === 'rejected' ? parseReapply(input.reapplyFrom, now) : null,
  };
}

function judgementOf(
  { id, title }: Criterion,
  input: DecisionInput,
  known: ReadonlySet<number>,
): CriterionJudgement {
  const given = input.criteria.find((one) => one.id === id);
  const verdict = z.enum(verdicts).safeParse(given?.verdict);
  if (given === undefined || !verdict.success) {
    throw invalid(`“${title}” isn’t judged.`, 'Say whether it is met, not met, or doesn’t apply.');
  }
  const evidence = [...new Set(given.evidence)];
  if (evidence.length > evidenceMax || evidence.some((one) => !known.has(one))) {
    throw invalid(
      `“${title}” cites evidence that isn’t this application’s.`,
      'Choose from the list beside it.',
    );
  }
  if (verdict.data !== 'not-applicable' && evidence.length === 0) {
    throw invalid(
      `“${title}” cites no evidence.`,
      'Tick what the judgement rests on. Where nothing fits, add what you found as evidence first.',
    );
  }
  const comment = given.comment.trim();
  return {
    ...{ id, verdict: verdict.data, evidence },
    comment:
      comment === '' ? '' : parseText(comment.slice(0, commentCharactersMax), `The comment on “${title}”`),
  };
}

function parseReapply(text: string, now: Date): Date | null {
  const day = text.trim();
  if (day === '') return null;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : null;
  if (date === null || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) {
    throw invalid(
      `${JSON.stringify(day.slice(0, 20))} is no day.`,
      'Write it like 2027-03-01, or leave it empty.',
    );
  }
  if (date <= now || date.getTime() - now.getTime() > reapplyDaysMax * dayMilliseconds) {
    throw invalid('The day of another application is not within the next two years.', 'Choose one that is.');
  }
  return date;
}

/** The outcome that as many reviewers came to as are needed; null: not yet. Where they differ, another one decides. */
export function outcomeOf(
  outcomes: readonly ('accepted' | 'rejected')[],
  reviewersNeeded: number,
): 'accepted' | 'rejected' | null {
  for (const outcome of ['rejected', 'accepted'] as const) {
    if (outcomes.filter((one) => one === outcome).length >= reviewersNeeded) return outcome;
  }
  return null;
}
