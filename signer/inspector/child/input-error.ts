/** The file is not, or no longer, what the daemon says it is. */
export class InputError extends Error {
  readonly code = 'INPUT';
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

export function requireDigest(what: string, expected: string, found: string): void {
  if (expected !== found)
    throw new InputError(`${what} changed: expected SHA-256 ${expected}, found ${found}`);
}
