/** What went wrong with an upload, at which field of the form; for browser and server. */
export type UploadField = 'policy' | 'artifact' | 'bundle' | 'sha256';

export interface UploadProblem {
  /** null: it isn't about one. */
  readonly field: UploadField | null;
  readonly message: string;
  readonly fix: string;
}

const fields: Readonly<Record<string, UploadField>> = {
  NOT_ALLOWED: 'policy',
  UNKNOWN_POLICY: 'policy',
  PROJECT_NOT_ACTIVE: 'policy',
  APPROVAL_NOT_POSSIBLE: 'policy',
  ARTIFACT_MISSING: 'artifact',
  ARTIFACT_TOO_LARGE: 'artifact',
  ARTIFACT_TRUNCATED: 'artifact',
  STORE_FULL: 'artifact',
  ARTIFACT_DIGEST_MISMATCH: 'sha256',
  IDENTIFIER_INVALID: 'sha256',
  ORIGIN_EVIDENCE_MISSING: 'bundle',
  BUNDLE_INVALID: 'bundle',
};

/** A problem document, or anything else, → words at a field. */
export function uploadProblemOf(document: unknown): UploadProblem {
  if (typeof document === 'object' && document !== null && 'code' in document && 'detail' in document) {
    const { code, detail } = document;
    const fix = 'fix' in document && typeof document.fix === 'string' ? document.fix : '';
    if (code === 'IDENTIFIER_INVALID') {
      // The only identifier that people type here.
      return {
        field: 'sha256',
        message: 'This is no SHA-256: it has 64 hexadecimal digits.',
        fix: 'Paste what sha256sum prints, or leave the field empty.',
      };
    }
    if (typeof code === 'string' && typeof detail === 'string')
      return { field: fields[code] ?? null, message: detail, fix };
  }
  return { field: null, message: 'The portal did not take the file.', fix: 'Try again in a minute.' };
}
