/** A decision: every criterion judged, each judgement citing evidence. Pure. */
import { z } from 'zod';
import { textCharactersMax } from '../applications/index.ts';
import type { Admission } from '../applications/questions/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import { ReviewsError } from './error.ts';

export const verdicts = ['met', 'not-met', 'not-applicable'] as const;
export type Verdict = (typeof verdicts)[number];
const outcomes = ['accepted', 'rejected'] as const;

export interface CriterionJudgement {
  readonly id: string;
  readonly verdict: Verdict;
  /** Ids of the evidence it rests on. */
  readonly evidence: readonly number[];
  readonly comment: string;
}

/** As the form sends it. */
export interface DecisionInput {
  readonly outcome: string;
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
    ({ programs }) => programs === undefined || programs.some((candidate) => candidate === program),
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

const evidenceMax = 50;
/** In characters. Also shown by the form. */
export const commentCharactersMax = 1_000;
const reapplyDaysMax = 730;
const dayMilliseconds = 24 * 3600 * 1000;

/**
 * `known`: ids of the application's evidence. Rejects with DECISION_INVALID, with everything that is wrong; fields are called as
 * in the form: verdict.ID, evidence.ID, comment.ID, outcome, reasons, conditions, reapplyFrom.
 */
export function parseDecision(
  input: DecisionInput,
  criteria: readonly Criterion[],
  known: ReadonlySet<number>,
  now: Date,
): Decision {
  const reader = new FieldReader();
  const judged = criteria.map((criterion) => judgementOf(reader, criterion, input, known));
  const outcome = reader.choice('outcome', input.outcome, outcomes, 'Outcome: choose accept or reject.');
  const notMet = judged.filter((judgement) => judgement?.verdict === 'not-met').length;
  if (outcome === 'accepted' && notMet > 0) {
    const message = `Outcome: an accepted project meets every criterion; ${notMet} marked as not met.`;
    reader.refuse('outcome', 'NOT_MET', message);
  }
  if (outcome === 'rejected' && notMet === 0 && judged.every((judgement) => judgement !== null)) {
    const message =
      'Outcome: a rejection needs a criterion that isn’t met; mark what the applicant has to change.';
    reader.refuse('outcome', 'ALL_MET', message);
  }
  const prose = { lines: true, charactersMax: textCharactersMax };
  const reasons = reader.text('reasons', input.reasons, { ...prose, label: 'Reasons', missing: 'give them' });
  const rejected = outcome === 'rejected';
  const conditions = reader.text('conditions', input.conditions, {
    ...prose,
    label: 'Before applying again',
    optional: !rejected,
    missing: 'say what has to change',
  });
  const reapplyFrom = rejected ? parseReapply(reader, input.reapplyFrom, now) : null;
  const criteriaJudged = judged.filter((judgement) => judgement !== null);
  const [problem] = reader.problems;
  if (problem === undefined && outcome !== null) {
    return {
      outcome,
      criteria: criteriaJudged,
      reasons,
      conditions: rejected ? conditions : '',
      reapplyFrom,
    };
  }
  throw new ReviewsError({
    code: 'DECISION_INVALID',
    message: problem?.message ?? 'Something is missing.',
    fields: reader.problems,
    fix: 'Correct it, then record it again: it is all still here.',
  });
}

/** null: there is a problem with it. */
function judgementOf(
  reader: FieldReader,
  { id, title }: Criterion,
  input: DecisionInput,
  known: ReadonlySet<number>,
): CriterionJudgement | null {
  const given = input.criteria.find((criterion) => criterion.id === id);
  const verdict = reader.choice(
    `verdict.${id}`,
    given?.verdict ?? '',
    verdicts,
    `“${title}”: say whether it is met, not met, or doesn’t apply.`,
  );
  const evidence = [...new Set(given?.evidence)];
  if (evidence.length > evidenceMax || evidence.some((cited) => !known.has(cited))) {
    const message = `“${title}”: it cites evidence that isn’t this application’s, or more than ${evidenceMax} pieces; choose from the list.`;
    reader.refuse(`evidence.${id}`, 'INVALID', message);
  } else if (verdict !== null && verdict !== 'not-applicable' && evidence.length === 0) {
    const message = `“${title}”: tick the evidence it rests on. Where nothing fits, add what you found as evidence first.`;
    reader.refuse(`evidence.${id}`, 'MISSING', message);
  }
  const comment = reader.text(`comment.${id}`, given?.comment ?? '', {
    label: `The comment on “${title}”`,
    optional: true,
    charactersMax: commentCharactersMax,
  });
  return verdict === null ? null : { id, verdict, evidence, comment };
}

function parseReapply(reader: FieldReader, text: string, now: Date): Date | null {
  const day = text.trim();
  if (day === '') return null;
  const refuse = (message: string): null => {
    reader.refuse('reapplyFrom', 'INVALID', `Not before: ${message}`);
    return null;
  };
  const date = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : null;
  if (date === null || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) {
    return refuse('enter a day like 2027-03-01, or leave it empty.');
  }
  const days = (date.getTime() - now.getTime()) / dayMilliseconds;
  return days > 0 && days <= reapplyDaysMax ? date : refuse('choose a day within the next two years.');
}

/** The outcome that the required number of reviewers agree on; null: none yet. If they differ, another one decides. */
export function outcomeOf(
  outcomes: readonly ('accepted' | 'rejected')[],
  reviewersNeeded: number,
): 'accepted' | 'rejected' | null {
  for (const outcome of ['rejected', 'accepted'] as const) {
    if (outcomes.filter((other) => other === outcome).length >= reviewersNeeded) return outcome;
  }
  return null;
}
