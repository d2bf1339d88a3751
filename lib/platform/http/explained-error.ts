/**
 * An error for people: what is wrong and how to fix it. Each room derives its own class with
 * a literal union of codes, each of which the table of problems has; forms show it at their fields, the HTTP edge turns it into a
 * problem document (RFC 9457).
 */
import { CodedError } from '#core/error/index.ts';
import type { ErrorContext } from '#core/error/index.ts';
import type { ProblemCode } from '../problems/index.ts';

export interface Explanation<Code extends ProblemCode> {
  readonly code: Code;
  readonly message: string;
  /** One sentence that says what to do. */
  readonly fix: string;
  readonly cause?: unknown;
  /** What is wrong with which field of the input, in the order of the fields; none: it isn't about one. */
  readonly fields?: readonly FieldProblem[];
}

export interface FieldProblem {
  /** Name of the field, as the form and the API call it. */
  readonly field: string;
  readonly code: string;
  /** A sentence that names the field, for people. */
  readonly message: string;
}

/** An explanation of what is wrong with one field. */
export const atField = <Code extends ProblemCode>(
  field: string,
  explanation: Explanation<Code>,
): Explanation<Code> => ({
  ...explanation,
  fields: [{ field, code: explanation.code, message: explanation.message }],
});

/** The same in every part that a bundler makes of the program, each with a copy of this class of its own. */
const explained = Symbol.for('countersign.explained');

export class ExplainedError<Code extends ProblemCode = ProblemCode> extends CodedError<Code> {
  static override readonly errorName: string = 'ExplainedError';
  readonly fix: string;
  readonly fields: readonly FieldProblem[];
  readonly [explained] = true;
  constructor({ code, message, cause, fix, fields = [] }: Explanation<Code>) {
    super(code, message, { cause, context: contextOf(fields) });
    this.fix = fix;
    this.fields = fields;
  }
}

/** Which fields, for the log: what people wrote into them isn't its business. */
const contextOf = (fields: readonly FieldProblem[]): ErrorContext =>
  fields.length === 0 ? {} : { fields: fields.map(({ field, code }) => `${field} ${code}`) };

/** Whether the error is shown to people; everything else is a fault, for which they see a request id. */
export function isExplained(error: unknown): error is ExplainedError {
  return error instanceof Error && explained in error && error[explained] === true;
}
