import { CodedError } from '#core/error/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import { formatDiagnostic } from './diagnostic.ts';

/**
 * SNAPSHOT_INCONSISTENT: a snapshot that wasn't made by `loadSnapshot`. PERSON_FILE_INVALID: bytes that aren't a
 * valid Person file.
 */
export type PolicyErrorCode = 'SNAPSHOT_INCONSISTENT' | 'PERSON_FILE_INVALID';

export class PolicyError extends CodedError<PolicyErrorCode> {
  static override readonly errorName = 'PolicyError';
  readonly diagnostics: readonly Diagnostic[];
  constructor(code: PolicyErrorCode, found: string, diagnostics: readonly Diagnostic[] = []) {
    super(
      code,
      [`${code}: ${JSON.stringify(found.slice(0, 100))}`, ...diagnostics.map(formatDiagnostic)].join('\n'),
    );
    this.diagnostics = diagnostics;
  }
}
