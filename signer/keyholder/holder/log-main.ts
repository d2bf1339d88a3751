/**
 * The process that holds the PIN of the log's token for one signature: it takes the text of an audit export's digest, looks that it is
 * one to the letter, signs it as a note, and ends. A transcript of a ceremony, or anything else, is no such text.
 */
import { parseDigest } from '#core/audit/index.ts';
import { noteKey, parseNoteKey, signNote } from '#core/pki/note/index.ts';
import { KeyHolderError, type LogAnswer, type LogRequest, logRequestSchema } from '../protocol/index.ts';
import { Pkcs11Token, readEd25519PublicKey, readPin } from '../token/index.ts';

async function signDigest({ text, options }: LogRequest): Promise<string> {
  if (parseDigest(text) === null) {
    throw new KeyHolderError(
      'GRANT_INVALID',
      'this is no digest of an audit export: the log’s key signs no other text',
    );
  }
  const { module, tokenLabel, keyLabel, verifierKey } = options;
  const pin = await readPin(options.pin, process.env);
  if ('env' in options.pin) Reflect.deleteProperty(process.env, options.pin.env);
  const token = Pkcs11Token.open({ module, tokenLabel, pin, sessions: 1 });
  try {
    const known = parseNoteKey(verifierKey);
    const key = noteKey(known.name, await readEd25519PublicKey(token, keyLabel));
    if (key.verifierKey !== known.verifierKey) {
      throw new KeyHolderError(
        'SIGNATURE_WRONG',
        `the token's key ${keyLabel} is ${key.verifierKey}, and the registry knows ${verifierKey}: attach the right token`,
      );
    }
    return await signNote(text, key, (message) => token.signEd25519(keyLabel, message));
  } finally {
    await token.close();
  }
}

function answer(message: LogAnswer): void {
  process.send?.(message, undefined, {}, () => process.exit(0));
}

process.once('message', (message: unknown) => {
  const request = logRequestSchema.safeParse(message);
  if (!request.success) {
    answer({ kind: 'error', code: 'PROTOCOL', message: request.error.message.slice(0, 4096) });
    return;
  }
  signDigest(request.data).then(
    (note) => answer({ kind: 'note', note }),
    (error: unknown) => {
      const code = error instanceof KeyHolderError ? error.code : 'PROTOCOL';
      answer({
        kind: 'error',
        code,
        message: (error instanceof Error ? error.message : String(error)).slice(0, 4096),
      });
    },
  );
});
process.once('disconnect', () => process.exit(0));
