import { createPublicKey, type KeyObject } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import { KeyHolderError } from './error.ts';
import { findObjects, type Pkcs11Token, type TokenSession } from './token.ts';

/** What the token says about a private key; a key is fit for use only when `protected` holds. */
export interface KeyProtection {
  readonly extractable: boolean;
  readonly sensitive: boolean;
  readonly neverExtractable: boolean;
  readonly alwaysSensitive: boolean;
  readonly local: boolean;
  /** Made on this token and never readable outside it. */
  readonly protected: boolean;
}

export function keyExists(token: Pkcs11Token, label: string): Promise<boolean> {
  return token.use(`looking for key ${label}`, (session) =>
    Promise.resolve(findObjects(session, pkcs11.CKO_PRIVATE_KEY, label).length > 0),
  );
}

/**
 * Makes an RSA key pair on the token that can sign and nothing else: no decryption, no unwrapping, no export,
 * attributes frozen. `modulusBits` is 3072 or 4096 (Code Signing BR §6.1.5 asks for at least 3072).
 */
export async function generateRsaKeyPair(
  token: Pkcs11Token,
  input: { readonly label: string; readonly modulusBits: 3072 | 4096 },
): Promise<void> {
  const label = { type: pkcs11.CKA_LABEL, value: input.label };
  const id = { type: pkcs11.CKA_ID, value: Buffer.from(input.label, 'utf8') };
  const publicTemplate = [
    label,
    id,
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_VERIFY, value: true },
    { type: pkcs11.CKA_ENCRYPT, value: false },
    { type: pkcs11.CKA_WRAP, value: false },
    { type: pkcs11.CKA_MODULUS_BITS, value: input.modulusBits },
    { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
  ];
  const privateTemplate = [
    label,
    id,
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SIGN, value: true },
    { type: pkcs11.CKA_DECRYPT, value: false },
    { type: pkcs11.CKA_UNWRAP, value: false },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
    { type: pkcs11.CKA_MODIFIABLE, value: false },
  ];
  await token.use(`generating ${input.label}`, async (session) => {
    const mechanism = { mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN };
    await session.cryptoki.C_GenerateKeyPairAsync(session.handle, mechanism, publicTemplate, privateTemplate);
    // The templates' buffers stay referenced to here: the addon doesn't hold them while its thread runs.
    return publicTemplate.length + privateTemplate.length;
  });
  const protection = await readKeyProtection(token, input.label);
  if (!protection.protected) {
    throw new KeyHolderError(
      'KEY_EXTRACTABLE',
      `token ${token.label} made ${input.label} without protection (${JSON.stringify(protection)}): ` +
        'remove the key and correct the configuration of the HSM',
    );
  }
}

/** Reads a private key's protection attributes from the token (PKCS#11 v2.40 base §4.9). */
export function readKeyProtection(token: Pkcs11Token, label: string): Promise<KeyProtection> {
  return token.use(`checking ${label}`, (session) => {
    const key = oneObject(session, pkcs11.CKO_PRIVATE_KEY, label, token.label);
    const flag = (type: number): boolean => readAttribute(session, key, type)[0] === 1;
    const read = {
      extractable: flag(pkcs11.CKA_EXTRACTABLE),
      sensitive: flag(pkcs11.CKA_SENSITIVE),
      neverExtractable: flag(pkcs11.CKA_NEVER_EXTRACTABLE),
      alwaysSensitive: flag(pkcs11.CKA_ALWAYS_SENSITIVE),
      local: flag(pkcs11.CKA_LOCAL),
    };
    const isProtected =
      !read.extractable && read.sensitive && read.neverExtractable && read.alwaysSensitive && read.local;
    return Promise.resolve({ ...read, protected: isProtected });
  });
}

/** The RSA public key that belongs to a label, read from the token. */
export function readPublicKey(token: Pkcs11Token, label: string): Promise<KeyObject> {
  return token.use(`reading public key ${label}`, (session) => {
    const key = oneObject(session, pkcs11.CKO_PUBLIC_KEY, label, token.label);
    const n = readAttribute(session, key, pkcs11.CKA_MODULUS).toString('base64url');
    const e = readAttribute(session, key, pkcs11.CKA_PUBLIC_EXPONENT).toString('base64url');
    return Promise.resolve(createPublicKey({ format: 'jwk', key: { kty: 'RSA', n, e } }));
  });
}

function readAttribute(session: TokenSession, object: Buffer, type: number): Buffer {
  const [attribute] = session.cryptoki.C_GetAttributeValue(session.handle, object, [{ type }]);
  return Buffer.from(attribute?.value as Uint8Array);
}

function oneObject(session: TokenSession, objectClass: number, label: string, tokenLabel: string): Buffer {
  const found = findObjects(session, objectClass, label);
  const [object] = found;
  if (object !== undefined && found.length === 1) return object;
  throw new KeyHolderError(
    found.length === 0 ? 'KEY_NOT_FOUND' : 'KEY_AMBIGUOUS',
    `token ${tokenLabel} holds ${found.length} keys labelled ${label}, expected one`,
  );
}
