import { verify } from 'node:crypto';
import { NoteError } from './error.ts';
import type { NoteKey } from './note-key.ts';

const noteCharactersMax = 4 * 1024 * 1024;
const signaturesMax = 16;

/**
 * Text that ends with a newline, and a signing port → note. Throws NOTE_MALFORMED for a text that can't be in a note
 * (control characters other than newlines), NOTE_SIGNATURE_WRONG if the port signed with another key.
 */
export async function signNote(
  text: string,
  key: NoteKey,
  sign: (message: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  checkText(text);
  const message = Buffer.from(text, 'utf8');
  const signature = await sign(message);
  if (!verify(null, message, key.publicKey, signature)) {
    throw new NoteError('NOTE_SIGNATURE_WRONG', `signed with another key than that of ${key.name}`);
  }
  const line = Buffer.concat([key.id, signature]).toString('base64');
  return `${text}\n\u2014 ${key.name} ${line}\n`;
}

/**
 * Note and trusted keys → its text and which of the keys signed it. Signatures of unknown keys are skipped; a wrong one of a
 * known key throws NOTE_SIGNATURE_WRONG, no signature by a known key NOTE_UNSIGNED.
 */
export function openNote(
  note: string,
  keys: readonly NoteKey[],
): { readonly text: string; readonly signedBy: readonly NoteKey[] } {
  if (note.length > noteCharactersMax) {
    throw new NoteError('NOTE_MALFORMED', `a note of ${note.length} characters; 4 Mi is the limit`);
  }
  const split = note.lastIndexOf('\n\n');
  if (split === -1 || !note.endsWith('\n')) {
    throw new NoteError(
      'NOTE_MALFORMED',
      'not a signed note: text, an empty line, signatures, a newline at the end',
    );
  }
  const text = note.slice(0, split + 1);
  checkText(text);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > signaturesMax) {
    throw new NoteError('NOTE_MALFORMED', `${lines.length} signatures; ${signaturesMax} is the limit`);
  }
  const signedBy = lines.flatMap((line) => verifyLine(line, text, keys));
  if (signedBy.length > 0) return { text, signedBy };
  throw new NoteError('NOTE_UNSIGNED', `not signed by ${keys.map((key) => key.verifierKey).join(' or ')}`);
}

function verifyLine(line: string, text: string, keys: readonly NoteKey[]): readonly NoteKey[] {
  const match = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
  const [, name, base64] = match ?? [];
  if (name === undefined || base64 === undefined) {
    throw new NoteError('NOTE_MALFORMED', `not a signature of a note: ${JSON.stringify(line.slice(0, 80))}`);
  }
  const bytes = Buffer.from(base64, 'base64');
  const key = keys.find((noteKey) => noteKey.name === name && bytes.subarray(0, 4).equals(noteKey.id));
  if (key === undefined) return [];
  const signature = bytes.subarray(4);
  if (verify(null, Buffer.from(text), key.publicKey, signature)) {
    return [key];
  }
  throw new NoteError(
    'NOTE_SIGNATURE_WRONG',
    `the signature of ${name} is not over this text: it was changed`,
  );
}

function checkText(text: string): void {
  const hasControls = /\p{Cc}/u.test(text.replaceAll('\n', ''));
  if (text.endsWith('\n') && text.isWellFormed() && !hasControls) return;
  throw new NoteError(
    'NOTE_MALFORMED',
    'the text of a note ends with a newline and has no control characters',
  );
}
