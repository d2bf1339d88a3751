/**
 * The process that holds the PIN of the log's token for one signature: it takes the text of an audit export's digest, or the statement
 * about an inspection report, checks that it is exactly that, signs it as a note, and ends. A ceremony's transcript, or
 * anything else, is refused.
 */
import { parseDigest } from '#core/audit/index.ts';
import { parseStatement } from '#core/inspection-report/index.ts';
import { noteKey, parseNoteKey, signNote } from '#core/pki/note/index.ts';
import { KeyHolderError, type LogAnswer, type LogRequest, logRequestSchema } from '../protocol/index.ts';
import { Pkcs11Token, readEd25519PublicKey, readPin } from '../token/index.ts';

async function signText({ text, options }: LogRequest): Promise<string> {
  if (parseDigest(text) === null && parseStatement(text) === null) {
    throw new KeyHolderError(
      'GRANT_INVALID',
      'this is neither a digest of an audit export nor a statement about an inspection report: the log’s key signs no other text',
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
        `the token's key ${keyLabel} is ${key.verifierKey}, but the registry has ${verifierKey}: attach the right token`,
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
  signText(request.data).then(
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
