/** A key where it is: as an object on its token, or in a file beside the registry that the token unwraps. */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { KeyKind } from '#core/pki/key-kind/index.ts';
import {
  digestOfWrapped,
  parseWrappedKey,
  readRegisteredKey,
  writeWrappedKey,
  type KeyRegistry,
  type WrappedKey,
  type WrappedKeyFile,
} from '../../keyholder/index.ts';
import {
  generateWrappingKey,
  givesKeysBack,
  keyExists,
  makeWrappedKeyPair,
  readKeyProtection,
  readPublicKey,
  tryWrappedKey,
  wrappingKeyExists,
  type KeyProtection,
  type Pkcs11Token,
  type SigningObject,
} from '../../keyholder/token/index.ts';
import { CeremonyError, type SigningToken } from '../ceremony-config/index.ts';
import { readWrappedFile, wrappedFileName, writeWrappedFile } from './wrapped-folder.ts';

export interface FoundKey {
  readonly object: SigningObject;
  /** null: it is an object on the token. */
  readonly file: WrappedKeyFile | null;
}

/** null: there is none. Throws WRAPPED_KEY_INVALID where the registry names a file that is missing or another. */
export async function findKey(
  label: string,
  token: Pkcs11Token,
  {
    earlier,
    folder,
    wraps,
  }: { readonly earlier: KeyRegistry; readonly folder: string; readonly wraps: boolean },
): Promise<FoundKey | null> {
  const entry = [...earlier.keys, ...(earlier.waiting ?? [])].find((one) => one.label === label);
  if (entry?.wrapped !== undefined) {
    const { wrapped } = entry;
    const bytes = await readWrappedFile(folder, wrapped.file);
    const path = join(folder, wrapped.file);
    return {
      object: readRegisteredKey(bytes ?? Buffer.alloc(0), label, { ...wrapped, file: path }),
      file: wrapped,
    };
  }
  if (await keyExists(token, label)) return { object: label, file: null };
  if (!wraps) return null;
  // A ceremony that was interrupted left it: it is in no registry yet.
  const file = wrappedFileName(label);
  const bytes = await readWrappedFile(folder, file);
  if (bytes === null) return null;
  const key = parseWrappedKey(bytes, join(folder, file));
  return { object: key, file: { file, sha256: digestOfWrapped(bytes), by: key.by } };
}

/** Attributes and public key. Throws where the token can't use it. */
export async function readFoundKey(
  token: Pkcs11Token,
  object: SigningObject,
): Promise<{ readonly protection: KeyProtection; readonly publicKey: KeyObject }> {
  return typeof object === 'string'
    ? { protection: await readKeyProtection(token, object), publicKey: await readPublicKey(token, object) }
    : { protection: await tryWrappedKey(token, object), publicKey: object.publicKey };
}

/** On disk before anything is signed for it. Makes the wrapping key where the token has none. Throws KEY_UNPROTECTED as `refuseGivingBack`. */
export async function makeWrappedKey(
  token: Pkcs11Token,
  {
    label,
    kind,
    signingToken,
    folder,
  }: {
    readonly label: string;
    readonly kind: KeyKind;
    readonly signingToken: SigningToken;
    readonly folder: string;
  },
): Promise<FoundKey> {
  const { wrappingKey: by } = signingToken;
  if (!(await wrappingKeyExists(token, by))) await generateWrappingKey(token, by);
  const key = await makeWrappedKeyPair(token, { label, kind, by });
  await refuseGivingBack(token, key, signingToken);
  const text = writeWrappedKey(key);
  const file = wrappedFileName(label);
  await writeWrappedFile(folder, file, text);
  return { object: key, file: { file, sha256: digestOfWrapped(text), by } };
}

/**
 * Before the file of a key is written, whether it was made now or is wrapped anew. Throws KEY_UNPROTECTED where `requireUnwrapTemplate` asks for a wrapping key
 * that lets nothing be taken off the token again, and this one does.
 */
export async function refuseGivingBack(
  token: Pkcs11Token,
  key: WrappedKey,
  { requireUnwrapTemplate }: Pick<SigningToken, 'requireUnwrapTemplate'>,
): Promise<void> {
  if (!requireUnwrapTemplate || !(await givesKeysBack(token, key))) return;
  throw new CeremonyError(
    'KEY_UNPROTECTED',
    `wrapping key ${key.by} on token ${token.label} unwraps keys into a form that can be taken off the token, and requireUnwrapTemplate is set: ` +
      'make it by the HSM’s own program, with CKA_UNWRAP_TEMPLATE (CKA_EXTRACTABLE false), and name its label as `wrappingKey`',
  );
}
