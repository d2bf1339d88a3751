import { ExplainedError } from '../platform/http/index.ts';

export type ReviewsErrorCode =
  | 'NOT_ALLOWED'
  | 'UNKNOWN_REVIEW'
  | 'CONFLICT_OF_INTEREST'
  | 'CLAIMED_BY_OTHER'
  | 'NOT_CLAIMED'
  | 'NOT_POSSIBLE_NOW'
  | 'DECISION_INVALID'
  | 'EVIDENCE_INVALID'
  | 'QUERY_INVALID'
  | 'VIEW_INVALID';

export class ReviewsError extends ExplainedError<ReviewsErrorCode> {
  static override readonly errorName = 'ReviewsError';
}

export const notNow = (message: string, fix: string): ReviewsError =>
  new ReviewsError({ code: 'NOT_POSSIBLE_NOW', message, fix });
