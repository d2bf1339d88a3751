import { ExplainedError } from '../platform/http/index.ts';

export type ApplicationsErrorCode =
  | 'NOT_SIGNED_IN'
  | 'NO_ADMISSION'
  | 'UNKNOWN_APPLICATION'
  | 'TOO_MANY'
  | 'NOT_A_DRAFT'
  | 'UNKNOWN_QUESTION'
  | 'ANSWER_INVALID'
  | 'CHANGED_MEANWHILE'
  | 'NOT_COMPLETE'
  | 'NOT_POSSIBLE_NOW'
  | 'TEXT_INVALID'
  | 'HOST_UNAVAILABLE';

export class ApplicationsError extends ExplainedError<ApplicationsErrorCode> {
  static override readonly errorName = 'ApplicationsError';
}

/** Field of the page → what is wrong with it. */
export function answerInvalid(problems: ReadonlyMap<string, string>): ApplicationsError {
  const [first = 'This answer can’t be taken'] = problems.values();
  return new ApplicationsError({
    code: 'ANSWER_INVALID',
    message: `${first}.`,
    fix: 'Correct it and go on: nothing you typed is lost.',
    fields: Array.from(problems, ([field, message]) => ({ field, code: 'ANSWER_INVALID', message })),
  });
}
