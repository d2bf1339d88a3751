import { openNote, parseNoteKey } from '#core/pki/note/index.ts';
import { startLogChild } from './child-process.ts';
import {
  KeyHolderError,
  type LogAnswer,
  logAnswerSchema,
  type LogRequest,
  type ModuleEnvironment,
  type PinSource,
} from '../protocol/index.ts';
import { locatePkcs11Module } from './locate-module.ts';

export interface LogSigner {
  /** PKCS#11 module; null: an installed SoftHSM. */
  readonly module: string | null;
  readonly softhsmConf?: string | undefined;
  readonly moduleEnvironment: ModuleEnvironment;
  readonly pin: PinSource;
  /** As in the registry. */
  readonly key: { readonly label: string; readonly token: string; readonly verifierKey: string };
}

const timeoutMilliseconds = 60_000;

/** What came of one text. */
export type LogSigned =
  { readonly ok: true; readonly note: string } | { readonly ok: false; readonly error: KeyHolderError };

/**
 * Texts of audit exports' digests, or statements about inspection reports (1 to `logTextsMax`) → for each, in their order, its signed note, or
 * why there is none; made by a process of its own that has the PIN for these alone. Rejects with a KeyHolderError where it can sign
 * nothing; each note is verified here.
 */
export async function signLogTexts(
  signer: LogSigner,
  texts: readonly string[],
): Promise<readonly LogSigned[]> {
  const { key, pin } = signer;
  const answer = await ask(signer, {
    texts: [...texts],
    options: {
      module: await locatePkcs11Module(signer.module),
      tokenLabel: key.token,
      keyLabel: key.label,
      verifierKey: key.verifierKey,
      pin,
    },
  });
  if (answer.kind === 'error') throw new KeyHolderError(answer.code, answer.message);
  const known = [parseNoteKey(key.verifierKey)];
  return texts.map((text, at): LogSigned => {
    const one = answer.answers[at];
    if (one?.kind === 'error') return { ok: false, error: new KeyHolderError(one.code, one.message) };
    if (one !== undefined && openNote(one.note, known).text === text) return { ok: true, note: one.note };
    const message = 'the log’s process signed another text than it was given';
    return { ok: false, error: new KeyHolderError('SIGNATURE_WRONG', message) };
  });
}

/** One text → its note. Rejects with a KeyHolderError. */
export async function signLogText(signer: LogSigner, text: string): Promise<string> {
  const [signed] = await signLogTexts(signer, [text]);
  if (signed?.ok === true) return signed.note;
  throw signed?.error ?? new KeyHolderError('PROTOCOL', 'the log’s process gave no answer');
}

function ask({ pin, moduleEnvironment, softhsmConf }: LogSigner, request: LogRequest): Promise<LogAnswer> {
  const environment = softhsmConf === undefined ? {} : { SOFTHSM2_CONF: softhsmConf };
  const child = startLogChild(pin, { ...moduleEnvironment, ...environment });
  return new Promise<LogAnswer>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new KeyHolderError('TIMEOUT', 'the log’s token gives no answer: check the HSM')),
      timeoutMilliseconds,
    );
    child.once('message', (message: unknown) => {
      const parsed = logAnswerSchema.safeParse(message);
      if (parsed.success) resolve(parsed.data);
      else reject(new KeyHolderError('PROTOCOL', 'the answer of the log’s process can’t be parsed'));
    });
    child.once('error', (cause) => reject(new KeyHolderError('CHILD_EXITED', cause.message, { cause })));
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new KeyHolderError('CHILD_EXITED', 'the log’s process ended before it answered'));
    });
    child.send(request);
  }).finally(() => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
}
