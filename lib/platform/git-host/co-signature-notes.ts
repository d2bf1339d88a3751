/** How signatures are stored beside commits: git notes under one ref, each holding the signatures of one commit. Pure. */
import type { CommitSha } from '#core/ids/index.ts';
import { GitHostError } from './error.ts';

export const notesRef = 'refs/notes/policy-signatures';
/** The signer reads no more than 64 KiB of any text that others write. */
const noteBytesMax = 64 * 1024;

/** Where a commit's note may lie in the notes' tree: git splits names into folders once there are many. */
export function notePaths(commit: CommitSha): readonly string[] {
  const split = (steps: number): string => {
    const folders = Array.from({ length: steps }, (_, index) => commit.slice(index * 2, index * 2 + 2));
    return [...folders, commit.slice(steps * 2)].join('/');
  };
  return [split(0), split(1), split(2)];
}

/** A note's text with one more signature; null if it is there already. INVALID if the note would become too long. */
export function withSignature(note: string | null, signature: string): string | null {
  const own = `${signature.replaceAll('\r\n', '\n').trim()}\n`;
  const text = note === null || note.trim() === '' ? '' : `${note.trimEnd()}\n`;
  if (text.includes(own)) return null;
  const next = `${text}${own}`;
  if (Buffer.byteLength(next) > noteBytesMax) {
    throw new GitHostError('INVALID', `over ${noteBytesMax} bytes of signatures beside one commit`);
  }
  return next;
}
