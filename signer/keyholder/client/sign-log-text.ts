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

/**
 * Text of an audit export's digest, or the statement about an inspection report → signed note, made by a process of its own that has the PIN for this one
 * signature. Rejects with
 * a KeyHolderError; the result is verified here.
 */
export async function signLogText(signer: LogSigner, text: string): Promise<string> {
  const { key, pin } = signer;
  const answer = await ask(signer, {
    text,
    options: {
      module: await locatePkcs11Module(signer.module),
      tokenLabel: key.token,
      keyLabel: key.label,
      verifierKey: key.verifierKey,
      pin,
    },
  });
  if (answer.kind === 'error') throw new KeyHolderError(answer.code, answer.message);
  const opened = openNote(answer.note, [parseNoteKey(key.verifierKey)]);
  if (opened.text === text) return answer.note;
  throw new KeyHolderError('SIGNATURE_WRONG', 'the log’s process signed another text than it was given');
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
