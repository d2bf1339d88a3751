import type { Diagnostic } from './diagnostic.ts';
import { formatDiagnostic } from './diagnostic.ts';

/**
 * SNAPSHOT_INCONSISTENT: a snapshot that wasn't made by `loadSnapshot`. PERSON_FILE_INVALID: bytes that are
 * no valid Person file.
 */
export type PolicyErrorCode = 'SNAPSHOT_INCONSISTENT' | 'PERSON_FILE_INVALID';

export class PolicyError extends Error {
  static readonly errorName = 'PolicyError';
  readonly code: PolicyErrorCode;
  readonly diagnostics: readonly Diagnostic[];
  constructor(code: PolicyErrorCode, found: string, diagnostics: readonly Diagnostic[] = []) {
    super(
      [`${code}: ${JSON.stringify(found.slice(0, 100))}`, ...diagnostics.map(formatDiagnostic)].join('\n'),
    );
    this.name = PolicyError.errorName;
    this.code = code;
    this.diagnostics = diagnostics;
  }
}
