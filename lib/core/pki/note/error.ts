import { CodedError } from '#core/error/index.ts';

export type NoteErrorCode =
  'NOTE_MALFORMED' | 'NOTE_UNSIGNED' | 'NOTE_KEY_MALFORMED' | 'NOTE_SIGNATURE_WRONG';

/** A signed note, or a note's key, that can't be relied on. */
export class NoteError extends CodedError<NoteErrorCode> {
  static override readonly errorName = 'NoteError';
}
