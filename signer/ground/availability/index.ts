/**
 * Something the signer depends on is unavailable. That decides nothing: the request waits and is retried. What is
 * unavailable never counts as approval.
 */
import { CodedError } from '#core/error/index.ts';

export type Component =
  | 'scanner'
  | 'timestamp'
  | 'keyholder'
  | 'policy'
  | 'store'
  | 'inspector'
  | 'database'
  | 'host'
  | 'signer'
  | 'clock';

export class Unavailable extends CodedError<`${Uppercase<Component>}_UNAVAILABLE`> {
  static override readonly errorName: string = 'Unavailable';
  readonly component: Component;
  /** What an operator can do about it. */
  readonly fix: string;
  /** When it will be there again, where that is known: waiting for it is no failed attempt. */
  readonly until: Date | null;
  constructor(
    component: Component,
    message: string,
    fix: string,
    cause?: unknown,
    until: Date | null = null,
  ) {
    super(`${component.toUpperCase() as Uppercase<Component>}_UNAVAILABLE`, message, {
      cause,
      context: { component, fix },
    });
    this.component = component;
    this.fix = fix;
    this.until = until;
  }
}

/** any thrown value → its message, for a log or a finding. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
