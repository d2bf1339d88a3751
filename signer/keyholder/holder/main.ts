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
import { approved, type Signing } from './approved.ts';
import { openTokens } from './open-tokens.ts';
import { readSigningObject } from './read-signing-object.ts';
import { checkApprovedCertificate } from '../token/index.ts';

interface OpenedKeyHolder {
  readonly keys: readonly string[];
  readonly pinsRefused: Readonly<Record<string, string>>;
  readonly sign: (grant: SigningGrantWire, document: string | null) => Promise<Uint8Array>;
  readonly health: () => Promise<KeyHolderHealth>;
  readonly close: () => Promise<void>;
}

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
  const journal = await KeyHolderJournal.open(options.journalFile, new Date(), options);
  try {
    return await openToken(options, journal);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function openToken(options: ChildOptions, journal: KeyHolderJournal): Promise<OpenedKeyHolder> {
  const tokenLabels = options.tokens.map(({ label }) => label);
  const keys = await loadRegisteredKeys(options.registryFile, tokenLabels);
  if (options.fips) for (const { certificate } of keys.values()) checkApprovedCertificate(certificate);
  const tokens = await openTokens(options);
  const labels = [...keys.keys()];
  const placeOf = (label: string) => {
    const key = keys.get(label);
    if (key === undefined) throw new KeyHolderError('KEY_NOT_FOUND', `key ${label} isn't in the registry`);
    return key.place;
  };
  // A wrapped key's file is read for each signature: nothing of it stays in memory.
  const signer = <Bytes>(sign: Signing<Bytes>) => {
    const checked = options.fips ? approved(keys, sign) : sign;
    return async (label: string, bytes: Bytes, hash: SignatureHash): Promise<Uint8Array> => {
      const place = placeOf(label);
      const object = await readSigningObject(place);
      return checked(tokens.of(place.token), { object, label, bytes, hash });
    };
  };
  return {
    keys: labels,
    pinsRefused: tokens.pinsRefused(),
    sign: createGrantSigner({
      keys,
      journal,
      rateLimit: createRateLimit(options.signaturesPerMinuteMax),
      sign: signer((token, { object, bytes, hash }) => token.sign(object, bytes, hash)),
      signDigest: signer((token, { object, bytes, hash }) => token.signDigest(object, bytes, hash)),
      signChunks: options.fips
        ? signer<() => AsyncIterable<Uint8Array>>((token, { object, bytes, hash }) =>
            token.signChunks(object, bytes, hash),
          )
        : null,
      readDocument: (file) => readDocument(options.documents, file),
      now: () => new Date(),
      purposes: options.purposes,
    }),
    async health() {
      await journal.checkInPlace();
      const state = {
        journal: journal.head(),
        keys: labels,
        pid: process.pid,
        confined: isConfined(options),
        reconnections: tokens.reconnections(),
      };
      const found = await tokens.health(keys);
      const ok = found.every((token) => token.ok);
      return {
        ok,
        detail: found
          .map(({ detail }) => detail)
          .join('; ')
          .slice(0, 4096),
        ...state,
        tokens: found,
      };
    },
    async close() {
      await tokens.close();
      await journal.close();
    },
  };
}

let opened: OpenedKeyHolder | null = null;

async function answer(request: RequestMessage): Promise<AnswerMessage> {
  const { id } = request;
  if (request.kind === 'open') {
    if (opened !== null) throw new KeyHolderError('PROTOCOL', 'this key holder is already open');
    opened = await openTokenAndJournal(request.options);
    return { kind: 'opened', id, keys: [...opened.keys], pinsRefused: { ...opened.pinsRefused } };
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

/** Both come from one build, so only files that were replaced under a running daemon are of two. */
const otherVersion = (detail: string): KeyHolderError =>
  new KeyHolderError(
    'PROTOCOL',
    `this keyholder is of another version than the signer that started it: nothing is signed; restart the signer, which starts both from the same files. ${detail}`,
  );

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
    send(errorAnswer(Number.isInteger(id) ? id : -1, otherVersion(request.error.message)));
    return;
  }
  answer(request.data).then(send, (error: unknown) => send(errorAnswer(request.data.id, error)));
});

// A key holder without its daemon has nothing to do; a signature in progress stays in the journal as an intent.
process.on('disconnect', () => process.exit(0));
