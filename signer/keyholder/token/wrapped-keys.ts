/** Private keys that are kept as files, encrypted by a key of the token (decision 0123): how they are made, tried out and wrapped by another key. */
import { verify } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import type { KeyKind } from '#core/pki/key-kind/index.ts';
import {
  KeyHolderError,
  wrapMechanisms,
  wrappedBytesMax,
  type WrapMechanism,
  type WrappedKey,
} from '../protocol/index.ts';
import { pkcs11ReturnValue } from './error.ts';
import { protectionOf, publicKeyOf, templateOf, type KeyProtection } from './keys.ts';
import { findObjects, flagOf, type TokenSession } from './objects.ts';
import type { Pkcs11Token } from './token.ts';
import { destroy, readWrappingKey, unwrap, withUnwrapped, type WrappingKeyProtection } from './unwrap.ts';

/** AES-256. */
const wrappingKeyBytes = 32;

/** Makes an AES-256 key on the token that wraps and unwraps and nothing else: what decrypts could make plain text of a file. */
export async function generateWrappingKey(token: Pkcs11Token, label: string): Promise<void> {
  const template: pkcs11.Template = [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
    { type: pkcs11.CKA_VALUE_LEN, value: wrappingKeyBytes },
    { type: pkcs11.CKA_LABEL, value: label },
    { type: pkcs11.CKA_ID, value: Buffer.from(label, 'utf8') },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
    { type: pkcs11.CKA_MODIFIABLE, value: false },
    { type: pkcs11.CKA_WRAP, value: true },
    { type: pkcs11.CKA_UNWRAP, value: true },
    { type: pkcs11.CKA_ENCRYPT, value: false },
    { type: pkcs11.CKA_DECRYPT, value: false },
    { type: pkcs11.CKA_SIGN, value: false },
    { type: pkcs11.CKA_VERIFY, value: false },
  ];
  await token.use(`generating ${label}`, (session) => {
    session.cryptoki.C_GenerateKey(session.handle, { mechanism: pkcs11.CKM_AES_KEY_GEN }, template);
    return Promise.resolve();
  });
}

export function wrappingKeyExists(token: Pkcs11Token, label: string): Promise<boolean> {
  return token.use(`looking for key ${label}`, (session) =>
    Promise.resolve(findObjects(session, pkcs11.CKO_SECRET_KEY, label).length > 0),
  );
}

/** → what the token says of it. Throws KEY_NOT_FOUND, KEY_AMBIGUOUS, KEY_EXTRACTABLE. */
export function checkWrappingKey(token: Pkcs11Token, label: string): Promise<WrappingKeyProtection> {
  return token.use(`checking ${label}`, (session) =>
    Promise.resolve(readWrappingKey(session, label, token.label).protection),
  );
}

/** By which mechanism a token wraps. Throws TOKEN_REFUSED where it has none. */
function wrapMechanismOf({ mechanisms }: TokenSession, tokenLabel: string): WrapMechanism {
  const found = (Object.keys(wrapMechanisms) as WrapMechanism[]).find((name) =>
    mechanisms.includes(wrapMechanisms[name]),
  );
  if (found !== undefined) return found;
  throw new KeyHolderError(
    'TOKEN_REFUSED',
    `token ${tokenLabel} has neither CKM_AES_KEY_WRAP_KWP nor CKM_AES_KEY_WRAP_PAD: set storage: token`,
  );
}

function wrap(session: TokenSession, object: Buffer, by: Buffer, mechanism: WrapMechanism): Uint8Array {
  const { cryptoki, handle } = session;
  const output = Buffer.alloc(wrappedBytesMax);
  return new Uint8Array(
    cryptoki.C_WrapKey(handle, { mechanism: wrapMechanisms[mechanism] }, by, object, output),
  );
}

/**
 * Makes a key pair in the session, wraps the private key and destroys both: outside the token it is only ever encrypted. What was wrapped is unwrapped
 * and tried out before it is given back.
 */
export function makeWrappedKeyPair(
  token: Pkcs11Token,
  { label, kind, by }: { readonly label: string; readonly kind: KeyKind; readonly by: string },
): Promise<WrappedKey> {
  return token.use(`generating ${label}`, async (session) => {
    const wrapping = readWrappingKey(session, by, token.label).handle;
    const mechanism = wrapMechanismOf(session, token.label);
    const { mechanism: generation, publicOnly, privateOnly } = templateOf(kind);
    const ofSession = { type: pkcs11.CKA_TOKEN, value: false };
    const pair = session.cryptoki.C_GenerateKeyPair(
      session.handle,
      { mechanism: generation },
      [ofSession, { type: pkcs11.CKA_VERIFY, value: true }, ...publicOnly],
      [
        ofSession,
        { type: pkcs11.CKA_PRIVATE, value: true },
        { type: pkcs11.CKA_SENSITIVE, value: true },
        { type: pkcs11.CKA_EXTRACTABLE, value: true },
        { type: pkcs11.CKA_SIGN, value: true },
        ...privateOnly,
      ],
    );
    try {
      const publicKey = publicKeyOf(session, pair.publicKey, label);
      const wrapped = wrap(session, pair.privateKey, wrapping, mechanism);
      const key = { label, by, mechanism, publicKey, wrapped };
      await tryOut(session, key, wrapping, token.label);
      return key;
    } finally {
      destroy(session, pair.privateKey);
      destroy(session, pair.publicKey);
    }
  });
}

/** The same key by another wrapping key of the same token: the private key doesn't leave it. */
export function wrapAgain(token: Pkcs11Token, key: WrappedKey, by: string): Promise<WrappedKey> {
  return token.use(`wrapping ${key.label} by ${by}`, async (session) => {
    const before = readWrappingKey(session, key.by, token.label).handle;
    const wrapping = readWrappingKey(session, by, token.label).handle;
    const mechanism = wrapMechanismOf(session, token.label);
    const object = unwrap(session, key, before, { extractable: true });
    try {
      if (!flagOf(session, object, pkcs11.CKA_EXTRACTABLE)) {
        throw new KeyHolderError(
          'TOKEN_REFUSED',
          `wrapping key ${key.by} of token ${token.label} gives no key back that could be wrapped again: make successors with keys of their own instead`,
        );
      }
      const again = { ...key, by, mechanism, wrapped: wrap(session, object, wrapping, mechanism) };
      await tryOut(session, again, wrapping, token.label);
      return again;
    } finally {
      destroy(session, object);
    }
  });
}

/**
 * Unwraps a key and signs with it → how it is protected. Throws WRAPPED_KEY_INVALID where it isn't the private key of the file's public key, and
 * KEY_EXTRACTABLE where it or the wrapping key could leave the token.
 */
export function tryWrappedKey(token: Pkcs11Token, key: WrappedKey): Promise<KeyProtection> {
  return token.use(`trying ${key.label}`, (session) =>
    tryOut(session, key, readWrappingKey(session, key.by, token.label).handle, token.label),
  );
}

const triedBytes = Buffer.from('31020500', 'hex');

async function tryOut(
  session: TokenSession,
  key: WrappedKey,
  by: Buffer,
  tokenLabel: string,
): Promise<KeyProtection> {
  const { signature, read } = await withUnwrapped(session, { key, by, tokenLabel }, async (unwrapped) => ({
    signature: await session.sign(unwrapped, triedBytes),
    read: protectionOf(session, unwrapped.handle),
  }));
  if (!verify('sha256', triedBytes, key.publicKey, signature)) {
    throw new KeyHolderError(
      'WRAPPED_KEY_INVALID',
      `token ${tokenLabel} unwraps another private key for ${key.label} than that of its public key: restore the file from a backup`,
    );
  }
  // What comes out of a file was made to be wrapped, so it is never `local`: that it came from this token, its wrapping key shows.
  return { ...read, protected: !read.extractable && read.sensitive, wrappedBy: key.by };
}

/**
 * Whether the wrapping key would unwrap this key into one that can be taken off the token again, for whoever has the file and the PIN. One with a
 * CKA_UNWRAP_TEMPLATE that says otherwise wouldn't (PKCS#11 v2.40 §4.9).
 */
export function givesKeysBack(token: Pkcs11Token, key: WrappedKey): Promise<boolean> {
  return token.use(`trying ${key.by}`, (session) => {
    const by = readWrappingKey(session, key.by, token.label).handle;
    let object: Buffer;
    try {
      object = unwrap(session, key, by, { extractable: true });
    } catch (error) {
      if (pkcs11ReturnValue(error) === 'CKR_TEMPLATE_INCONSISTENT') return Promise.resolve(false);
      throw error;
    }
    try {
      return Promise.resolve(flagOf(session, object, pkcs11.CKA_EXTRACTABLE));
    } finally {
      destroy(session, object);
    }
  });
}
