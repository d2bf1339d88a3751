import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';

export type InspectorErrorCode =
  /** The request took longer than its time limit; the child was killed. */
  | 'INSPECTOR_TIMEOUT'
  /** The request needed more memory than the child may use. */
  | 'INSPECTOR_MEMORY'
  /** There is more to say of the artifact's files than the daemon reads. */
  | 'INSPECTOR_ANSWER_SIZE'
  /** The child ended without an answer. */
  | 'INSPECTOR_CRASHED'
  /** The child's answer is not of the agreed shape. */
  | 'INSPECTOR_PROTOCOL'
  /** The file is not the one that was inspected, or its structure is no longer accepted. */
  | 'INSPECTOR_INPUT'
  /** The file is the inspected one, and can't be written anew around what changed in it; `detail` says how to build it instead. */
  | 'INSPECTOR_NOT_REWRITABLE'
  /** A file could not be read or written: missing, no space, no rights. */
  | 'INSPECTOR_IO'
  /** The sandbox can't be set up as configured. */
  | 'INSPECTOR_SANDBOX'
  /** The caller gave up. */
  | 'INSPECTOR_ABORTED';

/** Limits that a file itself runs into, so that asking again is of no use: what it took too much of. */
export const limitsOfFiles: Readonly<Partial<Record<InspectorErrorCode, string>>> = {
  INSPECTOR_TIMEOUT: 'time',
  INSPECTOR_MEMORY: 'memory',
  INSPECTOR_ANSWER_SIZE: 'room for what there is to say of its files',
};

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
