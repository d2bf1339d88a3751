import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

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
  /** What is wrong with which field of the page; empty where it isn't about one. */
  readonly fields: ReadonlyMap<string, string>;
  constructor(
    explanation: Explanation<ApplicationsErrorCode>,
    fields: ReadonlyMap<string, string> = new Map(),
  ) {
    super('ApplicationsError', explanation);
    this.fields = fields;
  }
}

export function answerInvalid(fields: ReadonlyMap<string, string>): ApplicationsError {
  const [first = 'This answer can’t be taken'] = fields.values();
  return new ApplicationsError(
    { code: 'ANSWER_INVALID', message: `${first}.`, fix: 'Correct it and go on: nothing you typed is lost.' },
    fields,
  );
}
