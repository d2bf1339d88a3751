/**
 * Which class an error is of. `instanceof` can't say where a program is bundled in parts: each part has a copy of the
 * class of its own, and what one part throws is no instance of another's. So classes carry their name as a literal.
 */
export { CodedError } from './coded-error.ts';
export type { ErrorContext, ErrorFacts } from './coded-error.ts';
export { describeError, printError, type ErrorDescription } from './describe-error.ts';
export { hostFaultOf, hostFaultSaid, throwNaming, type HostFault } from './host-fault.ts';
export { loggable } from './loggable.ts';

/** A class whose instances have `name` set to its `errorName`; unique among the classes of this project. */
export interface ErrorClass<E extends Error> {
  readonly errorName: string;
  readonly prototype: E;
}

export function isError<E extends Error>(error: unknown, of: ErrorClass<E>): error is E {
  return error instanceof Error && error.name === of.errorName;
}
