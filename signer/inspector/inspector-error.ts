import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';

export type InspectorErrorCode =
  /** The request took longer than its time limit; the child was killed. */
  | 'INSPECTOR_TIMEOUT'
  /** The request needed more memory than the child may use. */
  | 'INSPECTOR_MEMORY'
  /** The child ended without an answer. */
  | 'INSPECTOR_CRASHED'
  /** The child's answer is not of the agreed shape, or too large. */
  | 'INSPECTOR_PROTOCOL'
  /** The file is not the one that was inspected, or its structure is no longer accepted. */
  | 'INSPECTOR_INPUT'
  /** A file could not be read or written: missing, no space, no rights. */
  | 'INSPECTOR_IO'
  /** The sandbox can't be set up as configured. */
  | 'INSPECTOR_SANDBOX'
  /** The caller gave up. */
  | 'INSPECTOR_ABORTED';

/**
 * The inspector could not answer. Problems of an artifact are findings, not errors; an error never means that an
 * artifact is acceptable.
 */
export class InspectorError extends CodedError<InspectorErrorCode> {
  static override readonly errorName = 'InspectorError';
  /** Last output of the child, for the log. May quote hostile input. */
  readonly detail: string;
  constructor(code: InspectorErrorCode, message: string, detail = '', options?: ErrorFacts) {
    super(code, message, { context: detail === '' ? {} : { detail }, ...options });
    this.detail = detail;
  }
}
