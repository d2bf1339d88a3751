import { ExplainedError } from '../../platform/http/index.ts';
import type { Explanation } from '../../platform/http/index.ts';

type PartErrorCode =
  | 'ARTIFACT_DIGEST_MISMATCH'
  | 'CONTENT_DIGEST_MISMATCH'
  | 'UNKNOWN_UPLOAD'
  | 'UPLOAD_BUSY'
  | 'UPLOAD_EXPIRED'
  | 'UPLOAD_INTERRUPTED'
  | 'UPLOAD_OFFSET_MISMATCH'
  | 'UPLOAD_TOO_LONG';

export class PartError extends ExplainedError<PartErrorCode> {
  static override readonly errorName = 'PartError';
  /** Where the upload goes on, and where the caller said; null: it isn't about that. */
  readonly offsets: { readonly expected: number; readonly provided: number } | null;
  constructor(explanation: Explanation<PartErrorCode>, offsets: PartError['offsets'] = null) {
    super(explanation);
    this.offsets = offsets;
  }
}

export const offsetMismatch = (expected: number, provided: number): PartError =>
  new PartError(
    {
      code: 'UPLOAD_OFFSET_MISMATCH',
      message: `The upload goes on at byte ${expected}, not at ${provided}.`,
      fix: `Send what begins at byte ${expected} of the file, with Upload-Offset: ${expected}.`,
    },
    { expected, provided },
  );

export const unknownUpload = (): PartError =>
  new PartError({
    code: 'UNKNOWN_UPLOAD',
    message: 'You have no upload with this id.',
    fix: 'Begin again: POST /api/v1/uploads. Only who began an upload goes on with it, and one that stays unfinished is removed after a day.',
  });

export const busy = (): PartError =>
  new PartError({
    code: 'UPLOAD_BUSY',
    message: 'Another call of yours is writing this upload.',
    fix: 'Ask where it stands with HEAD, which ends that call, and go on there.',
  });
