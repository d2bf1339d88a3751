/**
 * The key holder's process: the only one that holds the PIN. It uses no network, parses only its registry,
 * certificates and journal, and talks only to the parent that started it.
 */
import type { SignatureHash } from '#core/formats/format.ts';
import { readDocument } from './read-document.ts';
import { createRateLimit } from './rate-limit.ts';
import { createGrantSigner } from './sign-grant.ts';
import {
  type AnswerMessage,
  type ChildOptions,
  KeyHolderError,
  type KeyHolderHealth,
  loadRegisteredKeys,
  type RequestMessage,
  requestMessageSchema,
  type SigningGrantWire,
} from '../protocol/index.ts';
import { KeyHolderJournal } from './journal.ts';
import {
  checkApprovedCertificate,
  checkApprovedKey,
  checkApprovedToken,
  Pkcs11Token,
  readKeyProtection,
  readPin,
  readPublicKey,
} from '../token/index.ts';

interface OpenedKeyHolder {
  readonly keys: readonly string[];
  readonly sign: (grant: SigningGrantWire, document: string | null) => Promise<Uint8Array>;
  readonly health: () => Promise<KeyHolderHealth>;
  readonly close: () => Promise<void>;
}

/** Health probes this many keys: enough to see that the token is there, few enough to do so often. */
const probedKeysMax = 8;

function isConfined(options: ChildOptions): boolean {
  // Without the flag there is no process.permission to ask.
  if (!process.execArgv.includes('--permission')) return false;
  const { permission } = process;
  const may = (scope: string, path?: string): boolean => permission.has(scope, path);
  return (
    !may('child') &&
    !may('worker') &&
    !may('fs.write', options.registryFile) &&
    !may('fs.read', '/etc/passwd')
  );
}

async function openTokenAndJournal(options: ChildOptions): Promise<OpenedKeyHolder> {
  const journal = await KeyHolderJournal.open(options.journalFile, new Date());
  try {
    return await openToken(options, journal);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function openToken(options: ChildOptions, journal: KeyHolderJournal): Promise<OpenedKeyHolder> {
  const keys = await loadRegisteredKeys(options.registryFile, options.tokenLabel);
  const pin = await readPin(options.pin, process.env);
  if ('env' in options.pin) Reflect.deleteProperty(process.env, options.pin.env);
  const { module, tokenLabel, sessions } = options;
  if (options.fips) for (const { certificate } of keys.values()) checkApprovedCertificate(certificate);
  const token = Pkcs11Token.open({ module, tokenLabel, pin, sessions });
  const labels = [...keys.keys()];
  const sign = (label: string, toBeSigned: Uint8Array, hash: SignatureHash): Promise<Uint8Array> =>
    token.sign(label, toBeSigned, hash);
  return {
    keys: labels,
    sign: createGrantSigner({
      keys,
      journal,
      rateLimit: createRateLimit(options.signaturesPerMinuteMax),
      sign: options.fips ? approved(token, sign) : sign,
      signDigest: (...digest) => token.signDigest(...digest),
      signChunks: options.fips
        ? approved(token, (label, chunks: () => AsyncIterable<Uint8Array>, hash) =>
            token.signChunks(label, chunks, hash),
          )
        : null,
      readDocument: (file) => readDocument(options.documents, file),
      now: () => new Date(),
      purposes: options.purposes,
    }),
    async health() {
      const { reconnections } = token;
      const confined = isConfined(options);
      const state = { journal: journal.head(), keys: labels, pid: process.pid, confined, reconnections };
      try {
        for (const label of labels.slice(0, probedKeysMax)) await token.probe(label);
        return { ok: true, detail: `token ${tokenLabel} answers, ${labels.length} keys`, ...state };
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : 'unknown failure', ...state };
      }
    },
    async close() {
      await token.close();
      await journal.close();
    },
  };
}

/** Capabilities of the token and a key's attributes are checked before the first signature with it. */
function approved<Bytes>(
  token: Pkcs11Token,
  sign: (label: string, toBeSigned: Bytes, hash: SignatureHash) => Promise<Uint8Array>,
): typeof sign {
  const checked = new Set<string>();
  return async (label, toBeSigned, hash) => {
    const use = `${hash} ${label}`;
    if (!checked.has(use)) {
      const publicKey = await readPublicKey(token, label);
      await checkApprovedToken(token, publicKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa', hash);
      checkApprovedKey(label, publicKey, await readKeyProtection(token, label));
      checked.add(use);
    }
    return sign(label, toBeSigned, hash);
  };
}

let opened: OpenedKeyHolder | null = null;

async function answer(request: RequestMessage): Promise<AnswerMessage> {
  const { id } = request;
  if (request.kind === 'open') {
    if (opened !== null) throw new KeyHolderError('PROTOCOL', 'this key holder is already open');
    opened = await openTokenAndJournal(request.options);
    return { kind: 'opened', id, keys: [...opened.keys] };
  }
  if (opened === null) throw new KeyHolderError('PROTOCOL', 'this key holder is not open');
  switch (request.kind) {
    case 'sign': {
      const signature = await opened.sign(request.grant, request.document);
      return { kind: 'signature', id, signature: Buffer.from(signature).toString('base64') };
    }
    case 'health':
      return { kind: 'health', id, health: await opened.health() };
    case 'close':
      await opened.close();
      opened = null;
      return { kind: 'closed', id };
  }
}

function errorAnswer(id: number, error: unknown): AnswerMessage {
  const known = error instanceof KeyHolderError;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'error', id, code: known ? error.code : 'PROTOCOL', message: message.slice(0, 4096) };
}

function send(message: AnswerMessage): void {
  process.send?.(message, undefined, {}, (error) => {
    // The parent is gone: signatures made are in the journal, and the same grant gets them again.
    if (error !== null) process.exit(0);
  });
}

process.on('message', (message: unknown) => {
  const request = requestMessageSchema.safeParse(message);
  if (!request.success) {
    const id = typeof message === 'object' && message !== null && 'id' in message ? Number(message.id) : -1;
    send(errorAnswer(Number.isInteger(id) ? id : -1, new KeyHolderError('PROTOCOL', request.error.message)));
    return;
  }
  answer(request.data).then(send, (error: unknown) => send(errorAnswer(request.data.id, error)));
});

// A key holder without its daemon has nothing to do; a signature in progress stays in the journal as an intent.
process.on('disconnect', () => process.exit(0));
