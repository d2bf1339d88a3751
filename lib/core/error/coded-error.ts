/** What a program needs to know of where it went wrong, beside the sentence: plain data, as JSON has it. Never a secret. */
export type ContextValue =
  string | number | boolean | null | readonly ContextValue[] | { readonly [name: string]: ContextValue };
export type ErrorContext = Readonly<Record<string, ContextValue>>;

export interface ErrorFacts {
  readonly cause?: unknown;
  readonly context?: ErrorContext;
}

const noContext: ErrorContext = Object.freeze({});

/**
 * What every error class of this project extends: a fault with a literal code, by which programs tell it, and a sentence for
 * people. Each class says its name once more as a literal (`errorName`), which bundling and minifying leave as it is.
 */
export abstract class CodedError<Code extends string = string> extends Error {
  static readonly errorName: string = 'CodedError';
  readonly code: Code;
  readonly context: ErrorContext;
  constructor(code: Code, message: string, { cause, context = noContext }: ErrorFacts = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.errorName;
    this.code = code;
    this.context = context;
  }
}
