/**
 * An error that people read: what is wrong and how to put it right. Each room derives its own class with
 * a literal union of codes; the HTTP edge turns it into a problem document (RFC 9457).
 */
export interface Explanation<Code extends string> {
  readonly code: Code;
  readonly message: string;
  /** One sentence that says what to do. */
  readonly fix: string;
  readonly cause?: unknown;
}

export class ExplainedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly fix: string;
  constructor(name: string, explanation: Explanation<Code>) {
    super(explanation.message, explanation.cause === undefined ? {} : { cause: explanation.cause });
    this.name = name;
    this.code = explanation.code;
    this.fix = explanation.fix;
  }
}
