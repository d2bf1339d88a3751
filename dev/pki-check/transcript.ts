/** The ceremony's transcript, taken apart for openssl: text, signature and key as files of their own. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNote, parseNoteKey } from '#core/pki/note/index.ts';

export interface TranscriptFiles {
  readonly text: string;
  readonly signature: string;
  readonly key: string;
}

export function writeTranscriptFiles(folder: string): TranscriptFiles {
  const keys = join(folder, 'keys');
  const [name] = globSync('ceremony-*.note', { cwd: keys });
  if (name === undefined) throw new Error(`${keys} holds no transcript`);
  const note = readFileSync(join(keys, name), 'utf8');
  const key = parseNoteKey(readFileSync(join(keys, 'foundation-log.vkey'), 'utf8'));
  const files = {
    text: join(folder, 'transcript.txt'),
    signature: join(folder, 'transcript.sig'),
    key: join(folder, 'log.pem'),
  };
  const base64 = note.trimEnd().split(' ').at(-1) ?? '';
  writeFileSync(files.text, openNote(note, [key]).text);
  // The first four octets say which key it was.
  writeFileSync(files.signature, Buffer.from(base64, 'base64').subarray(4));
  writeFileSync(files.key, key.publicKey.export({ type: 'spki', format: 'pem' }));
  return files;
}
