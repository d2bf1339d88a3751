/**
 * The process that holds the PIN of the log's token for one request: it takes texts of digests of audit exports, or statements about
 * inspection reports, checks of each that it is exactly that, signs it as a note, and ends. A ceremony's transcript, or
 * anything else, is refused.
 */
import { parseDigest } from '#core/audit/index.ts';
import { parseStatement } from '#core/inspection-report/index.ts';
import { noteKey, parseNoteKey, signNote } from '#core/pki/note/index.ts';
import { KeyHolderError, type LogAnswer, type LogRequest, logRequestSchema } from '../protocol/index.ts';
import { Pkcs11Token, readEd25519PublicKey, readPin } from '../token/index.ts';

type TextAnswer = Extract<LogAnswer, { readonly kind: 'answers' }>['answers'][number];

async function signTexts({ texts, options }: LogRequest): Promise<LogAnswer> {
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
    const answers: TextAnswer[] = [];
    for (const text of texts) answers.push(await signText(text, key, token, keyLabel));
    return { kind: 'answers', answers };
  } finally {
    await token.close();
  }
}

/** One that is refused is no reason to refuse the others. */
async function signText(
  text: string,
  key: ReturnType<typeof noteKey>,
  token: Pkcs11Token,
  keyLabel: string,
): Promise<TextAnswer> {
  try {
    if (parseDigest(text) === null && parseStatement(text) === null) {
      throw new KeyHolderError(
        'GRANT_INVALID',
        'this is neither a digest of an audit export nor a statement about an inspection report: the log’s key signs no other text',
      );
    }
    return {
      kind: 'note',
      note: await signNote(text, key, (message) => token.signEd25519(keyLabel, message)),
    };
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Extract<LogAnswer, { readonly kind: 'error' }> {
  const code = error instanceof KeyHolderError ? error.code : 'PROTOCOL';
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'error', code, message: message.slice(0, 4096) };
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
  signTexts(request.data).then(answer, (error: unknown) => answer(refusalOf(error)));
});
process.once('disconnect', () => process.exit(0));
