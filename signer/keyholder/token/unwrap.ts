/**
 * A private key out of its file: an object of one session for one operation, which nothing can read or take off the token, destroyed at its end
 * (decision 0123).
 */
import type { KeyObject } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import { KeyHolderError, wrapMechanisms, type WrappedKey } from '../protocol/index.ts';
import { pkcs11ReturnValue } from './error.ts';
import type { PrivateKey } from './mechanisms.ts';
import { findObjects, flagOf, readAttribute, readOrderBytes, type TokenSession } from './objects.ts';

/** What a wrapping key may do and what of it can be read, as the token reports it. */
export interface WrappingKeyProtection {
  readonly sensitive: boolean;
  readonly extractable: boolean;
  readonly alwaysSensitive: boolean;
  readonly neverExtractable: boolean;
  readonly local: boolean;
  readonly wraps: boolean;
  readonly unwraps: boolean;
  readonly encrypts: boolean;
  readonly decrypts: boolean;
  readonly signs: boolean;
}

/** Its handle, once its attributes are as they have to be. */
export function readWrappingKey(
  session: TokenSession,
  label: string,
  tokenLabel: string,
): { readonly handle: Buffer; readonly protection: WrappingKeyProtection } {
  const found = findObjects(session, pkcs11.CKO_SECRET_KEY, label);
  const [handle] = found;
  if (handle === undefined || found.length !== 1) {
    throw new KeyHolderError(
      found.length === 0 ? 'KEY_NOT_FOUND' : 'KEY_AMBIGUOUS',
      `token ${tokenLabel} holds ${found.length} secret keys labelled ${label}, expected one: attach the token whose key wrapped the files`,
    );
  }
  const flag = (type: number): boolean => flagOf(session, handle, type);
  const protection = {
    sensitive: flag(pkcs11.CKA_SENSITIVE),
    extractable: flag(pkcs11.CKA_EXTRACTABLE),
    alwaysSensitive: flag(pkcs11.CKA_ALWAYS_SENSITIVE),
    neverExtractable: flag(pkcs11.CKA_NEVER_EXTRACTABLE),
    local: flag(pkcs11.CKA_LOCAL),
    wraps: flag(pkcs11.CKA_WRAP),
    unwraps: flag(pkcs11.CKA_UNWRAP),
    encrypts: flag(pkcs11.CKA_ENCRYPT),
    decrypts: flag(pkcs11.CKA_DECRYPT),
    signs: flag(pkcs11.CKA_SIGN),
  };
  const { sensitive, alwaysSensitive, neverExtractable, local, wraps, unwraps } = protection;
  const stays =
    sensitive && alwaysSensitive && neverExtractable && local && !protection.extractable && wraps && unwraps;
  if (stays && !protection.encrypts && !protection.decrypts && !protection.signs)
    return { handle, protection };
  throw new KeyHolderError(
    'KEY_EXTRACTABLE',
    `wrapping key ${label} on token ${tokenLabel} could leave it, or does more than wrap and unwrap (${JSON.stringify(protection)}): ` +
      'name another `wrappingKey`, and have the ceremony make it',
  );
}

/** Unwraps the key into an object of this session, lets `run` work with it, and destroys it, whatever happens. */
export async function withUnwrapped<T>(
  session: TokenSession,
  { key, by, tokenLabel }: { readonly key: WrappedKey; readonly by: Buffer; readonly tokenLabel: string },
  run: (key: PrivateKey) => Promise<T>,
): Promise<T> {
  const handle = unwrap(session, key, by, { extractable: false });
  try {
    checkUnwrapped(session, handle, key, tokenLabel);
    return await run({ handle, orderBytes: readOrderBytes(session, handle, key.label) });
  } finally {
    destroy(session, handle);
  }
}

export function unwrap(
  { cryptoki, handle: session }: TokenSession,
  { wrapped, mechanism, publicKey }: WrappedKey,
  by: Buffer,
  { extractable }: { readonly extractable: boolean },
): Buffer {
  const isElliptic = publicKey.asymmetricKeyType === 'ec';
  const template: pkcs11.Template = [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: isElliptic ? pkcs11.CKK_EC : pkcs11.CKK_RSA },
    { type: pkcs11.CKA_TOKEN, value: false },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: extractable },
    { type: pkcs11.CKA_SIGN, value: true },
    ...(isElliptic
      ? [{ type: pkcs11.CKA_DERIVE, value: false }]
      : [
          { type: pkcs11.CKA_DECRYPT, value: false },
          { type: pkcs11.CKA_UNWRAP, value: false },
        ]),
  ];
  // Not the asynchronous call, of which the addon never frees the template: it would grow with every signature.
  return cryptoki.C_UnwrapKey(
    session,
    { mechanism: wrapMechanisms[mechanism] },
    by,
    Buffer.from(wrapped),
    template,
  );
}

/** Throws KEY_EXTRACTABLE for an object that isn't as it was asked for, WRAPPED_KEY_INVALID for another key than the file's. */
function checkUnwrapped(session: TokenSession, handle: Buffer, key: WrappedKey, tokenLabel: string): void {
  const flag = (type: number): boolean => flagOf(session, handle, type);
  const isRsa = key.publicKey.asymmetricKeyType === 'rsa';
  const wrong = [
    ...(flag(pkcs11.CKA_EXTRACTABLE) ? ['extractable'] : []),
    ...(flag(pkcs11.CKA_SENSITIVE) ? [] : ['not sensitive']),
    ...(flag(pkcs11.CKA_TOKEN) ? ['stored on the token'] : []),
    ...(flag(pkcs11.CKA_PRIVATE) ? [] : ['usable without login']),
    ...(isRsa && flag(pkcs11.CKA_DECRYPT) ? ['decrypts'] : []),
    ...(isRsa && flag(pkcs11.CKA_UNWRAP) ? ['unwraps'] : []),
    ...(!isRsa && flag(pkcs11.CKA_DERIVE) ? ['derives'] : []),
  ];
  if (wrong.length > 0) {
    throw new KeyHolderError(
      'KEY_EXTRACTABLE',
      `token ${tokenLabel} unwrapped ${key.label} otherwise than it was asked to (${wrong.join(', ')}), and nothing is signed with it: see the HSM's documentation of C_UnwrapKey`,
    );
  }
  if (!isRsa) return;
  // An EC private key doesn't tell its point: there, the signature is verified by the registry's certificate before it is given out.
  const modulus = readAttribute(session, handle, pkcs11.CKA_MODULUS).toString('base64url');
  if (modulusOf(key.publicKey) === modulus) return;
  throw new KeyHolderError(
    'WRAPPED_KEY_INVALID',
    `the file of ${key.label} holds the private key of another public key than it says: restore it from a backup`,
  );
}

const modulusOf = (publicKey: KeyObject): string | undefined => publicKey.export({ format: 'jwk' }).n;

/** Where an object can't be destroyed, its session is closed, and the object with it. */
export function destroy(session: TokenSession, object: Buffer): void {
  try {
    session.cryptoki.C_DestroyObject(session.handle, object);
  } catch (error) {
    if (pkcs11ReturnValue(error) === null) throw error;
    session.replace();
  }
}
