export type NoteErrorCode =
  'NOTE_MALFORMED' | 'NOTE_UNSIGNED' | 'NOTE_KEY_MALFORMED' | 'NOTE_SIGNATURE_WRONG';

/** A signed note or the key of one that can't be relied on. */
export class NoteError extends Error {
  readonly code: NoteErrorCode;
  constructor(code: NoteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoteError';
    this.code = code;
  }
}
