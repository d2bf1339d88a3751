/** Signed notes (C2SP signed-note), as transparency logs sign their checkpoints: text for people, signed with Ed25519. */
export { NoteError, type NoteErrorCode } from './error.ts';
export { noteKey, parseNoteKey, type NoteKey } from './note-key.ts';
export { openNote, signNote } from './note.ts';
