import { CodedError } from '#core/error/index.ts';

/** What ends the step; the message says what to change. */
export class ActionError extends CodedError<'INPUT' | 'ARTIFACT' | 'RUNNER'> {
  static override readonly errorName = 'ActionError';
  constructor(code: ActionError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
