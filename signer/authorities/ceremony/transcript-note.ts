/** The transcript as it is kept: a signed note of the log, and SSH signatures of the people who were there. */
import { z } from 'zod';
import { openNote, parseNoteKey, type NoteKey } from '#core/pki/note/index.ts';
import { verifySshSignature } from '#core/pki/sshsig/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';
import type { CeremonyTranscript } from './transcript.ts';

/** The namespace for `ssh-keygen -Y sign -n`: a signature over a transcript is valid for nothing else. */
export const witnessNamespace = 'countersign-ceremony';

export function transcriptFileName({ at }: CeremonyTranscript): string {
  return `ceremony-${at.replace(/[:.]/g, '-')}.note`;
}

export function transcriptText(transcript: CeremonyTranscript): string {
  return `${JSON.stringify(transcript, null, 2)}\n`;
}

const readSchema = z.object({
  version: z.literal(1),
  at: z.iso.datetime(),
  dryRun: z.literal(false),
  foundation: z.string(),
  witnesses: z.array(z.object({ name: z.string(), key: z.string() })).max(16),
  keys: z.array(z.object({ label: z.string(), key: z.enum(['made', 'kept']), certificate: z.string() })),
});

export interface VerifiedTranscript {
  readonly at: string;
  readonly foundation: string;
  readonly signedBy: NoteKey;
  readonly made: readonly string[];
  readonly witnesses: readonly { readonly name: string; readonly problem: string | null }[];
}

/**
 * Note, the line of the log's key, and armored SSH signatures over the note's bytes → its contents and who signed it.
 * Throws NoteError or TRANSCRIPT_INVALID; a witness whose signature is missing is listed with the problem.
 */
export function verifyTranscript(
  note: string,
  verifierKey: string,
  signatures: readonly string[],
): VerifiedTranscript {
  const { text, signedBy } = openNote(note, [parseNoteKey(verifierKey)]);
  const [log] = signedBy;
  const parsed = readSchema.safeParse(parseJson(text));
  if (!parsed.success || log === undefined) {
    const why = parsed.success ? 'no signature' : z.prettifyError(parsed.error);
    throw new CeremonyError('TRANSCRIPT_INVALID', `the note is no transcript of a ceremony: ${why}`);
  }
  const { at, foundation, witnesses, keys } = parsed.data;
  const message = Buffer.from(note, 'utf8');
  return {
    at,
    foundation,
    signedBy: log,
    made: keys.filter((key) => key.key === 'made').map(({ label }) => label),
    witnesses: witnesses.map(({ name, key }) => ({
      name,
      problem: witnessProblem(message, key, signatures),
    })),
  };
}

function witnessProblem(message: Uint8Array, key: string, signatures: readonly string[]): string | null {
  const results = signatures.map((armored) =>
    verifySshSignature({ armored, message, namespace: witnessNamespace, allowedKeys: [key] }),
  );
  if (results.some((result) => result.ok)) return null;
  const reason = results.find((result) => !result.ok && result.code !== 'KEY_NOT_ALLOWED');
  return reason === undefined || reason.ok ? 'has not signed' : reason.reason;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
