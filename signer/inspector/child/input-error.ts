import { CodedError } from '#core/error/index.ts';

/** The file is not, or no longer, the one that the daemon names. */
export class InputError extends CodedError<'INPUT'> {
  static override readonly errorName = 'InputError';
  constructor(message: string) {
    super('INPUT', message);
  }
}

export function requireDigest(what: string, expected: string, found: string): void {
  if (expected !== found)
    throw new InputError(`${what} changed: expected SHA-256 ${expected}, found ${found}`);
}
