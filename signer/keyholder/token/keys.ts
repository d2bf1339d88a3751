import { createPublicKey, type KeyObject } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import { bitString, oid, oids, sequence } from '#core/pki/asn1/index.ts';
import { curves, isElliptic, type KeyKind } from '#core/pki/key-kind/index.ts';
import { KeyHolderError } from '../protocol/index.ts';
import { orderBytesOf } from './mechanisms.ts';
import { findObjects, flagOf, readAttribute, type TokenSession } from './objects.ts';
import type { Pkcs11Token } from './token.ts';

/** The token's attributes of a private key; a key may be used only if `protected` is true. */
export interface KeyProtection {
  readonly extractable: boolean;
  readonly sensitive: boolean;
  readonly neverExtractable: boolean;
  readonly alwaysSensitive: boolean;
  readonly local: boolean;
  /** Generated on this token and never readable outside it. */
  readonly protected: boolean;
  /** It is kept as a file, and these are the attributes of the object that it becomes for a signature: label of the key that unwraps it. */
  readonly wrappedBy?: string;
}

export function keyExists(token: Pkcs11Token, label: string): Promise<boolean> {
  return token.use(`looking for key ${label}`, (session) =>
    Promise.resolve(findObjects(session, pkcs11.CKO_PRIVATE_KEY, label).length > 0),
  );
}

/**
 * Makes a key pair on the token that can sign and nothing else: no decryption, no unwrapping, no export, no derivation,
 * attributes frozen. RSA has at least 3072 bits, the curves are NIST's (Code Signing BR §6.1.5).
 */
export async function generateKeyPair(
  token: Pkcs11Token,
  input: { readonly label: string; readonly kind: KeyKind },
): Promise<void> {
  await generate(token, input.label, templateOf(input.kind));
}

/** What a key pair of this kind is made with, wherever it is kept. */
export function templateOf(kind: KeyKind): KeyPairTemplate {
  if (isElliptic(kind)) {
    return {
      mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN,
      publicOnly: [{ type: pkcs11.CKA_EC_PARAMS, value: Buffer.from(curves[kind].parameters) }],
      privateOnly: [{ type: pkcs11.CKA_DERIVE, value: false }],
    };
  }
  return {
    mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN,
    publicOnly: [
      { type: pkcs11.CKA_ENCRYPT, value: false },
      { type: pkcs11.CKA_WRAP, value: false },
      { type: pkcs11.CKA_MODULUS_BITS, value: kind === 'rsa-4096' ? 4096 : 3072 },
      { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
    ],
    privateOnly: [
      { type: pkcs11.CKA_DECRYPT, value: false },
      { type: pkcs11.CKA_UNWRAP, value: false },
    ],
  };
}

/** PKCS#11 v3.0 current mechanisms §2.3.3: CKM_EC_EDWARDS_KEY_PAIR_GEN with id-Ed25519 (RFC 8410 §3) as its curve. */
const edwardsKeyPairGeneration = 0x1055;
const ed25519Parameters = Buffer.from('06032b6570', 'hex');

/** Makes an Ed25519 key pair on the token, for the log alone. */
export async function generateEd25519KeyPair(token: Pkcs11Token, label: string): Promise<void> {
  await generate(token, label, {
    mechanism: edwardsKeyPairGeneration,
    publicOnly: [{ type: pkcs11.CKA_EC_PARAMS, value: ed25519Parameters }],
    privateOnly: [],
  });
}

export interface KeyPairTemplate {
  readonly mechanism: number;
  readonly publicOnly: pkcs11.Template;
  readonly privateOnly: pkcs11.Template;
}

async function generate(token: Pkcs11Token, keyLabel: string, template: KeyPairTemplate): Promise<void> {
  const label = { type: pkcs11.CKA_LABEL, value: keyLabel };
  const id = { type: pkcs11.CKA_ID, value: Buffer.from(keyLabel, 'utf8') };
  const publicTemplate = [
    label,
    id,
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_VERIFY, value: true },
    ...template.publicOnly,
  ];
  const privateTemplate = [
    label,
    id,
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SIGN, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
    { type: pkcs11.CKA_MODIFIABLE, value: false },
    ...template.privateOnly,
  ];
  await token.use(`generating ${keyLabel}`, async (session) => {
    const mechanism = { mechanism: template.mechanism };
    await session.cryptoki.C_GenerateKeyPairAsync(session.handle, mechanism, publicTemplate, privateTemplate);
    // The templates' buffers stay referenced to here: the addon doesn't hold them while its thread runs.
    return publicTemplate.length + privateTemplate.length;
  });
  const protection = await readKeyProtection(token, keyLabel);
  if (!protection.protected) {
    throw new KeyHolderError(
      'KEY_EXTRACTABLE',
      `token ${token.label} made ${keyLabel} without protection (${JSON.stringify(protection)}): ` +
        'remove the key and correct the configuration of the HSM',
    );
  }
}

/** Reads a private key's protection attributes from the token (PKCS#11 v2.40 base §4.9). */
export function readKeyProtection(token: Pkcs11Token, label: string): Promise<KeyProtection> {
  return token.use(`checking ${label}`, (session) => {
    const key = oneObject(session, pkcs11.CKO_PRIVATE_KEY, label, token.label);
    return Promise.resolve(protectionOf(session, key));
  });
}

export function protectionOf(session: TokenSession, key: Buffer): KeyProtection {
  const flag = (type: number): boolean => flagOf(session, key, type);
  const read = {
    extractable: flag(pkcs11.CKA_EXTRACTABLE),
    sensitive: flag(pkcs11.CKA_SENSITIVE),
    neverExtractable: flag(pkcs11.CKA_NEVER_EXTRACTABLE),
    alwaysSensitive: flag(pkcs11.CKA_ALWAYS_SENSITIVE),
    local: flag(pkcs11.CKA_LOCAL),
  };
  const isProtected =
    !read.extractable && read.sensitive && read.neverExtractable && read.alwaysSensitive && read.local;
  return { ...read, protected: isProtected };
}

/** The public key that belongs to a label, RSA or on one of NIST's curves, read from the token. */
export function readPublicKey(token: Pkcs11Token, label: string): Promise<KeyObject> {
  return token.use(`reading public key ${label}`, (session) => {
    const key = oneObject(session, pkcs11.CKO_PUBLIC_KEY, label, token.label);
    return Promise.resolve(publicKeyOf(session, key, label));
  });
}

export function publicKeyOf(session: TokenSession, key: Buffer, label: string): KeyObject {
  if (readAttribute(session, key, pkcs11.CKA_KEY_TYPE).readUInt8(0) === pkcs11.CKK_EC) {
    const parameters = readAttribute(session, key, pkcs11.CKA_EC_PARAMS);
    const point = readAttribute(session, key, pkcs11.CKA_EC_POINT);
    return ecPublicKey(parameters, point, label);
  }
  const n = readAttribute(session, key, pkcs11.CKA_MODULUS).toString('base64url');
  const e = readAttribute(session, key, pkcs11.CKA_PUBLIC_EXPONENT).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n, e } });
}

/** Parameters and point as a token gives them; some wrap the point in an OCTET STRING, as PKCS#11 asks, some don't. */
export function ecPublicKey(parameters: Uint8Array, point: Uint8Array, label: string): KeyObject {
  const length = 1 + 2 * orderBytesOf(parameters, label);
  const isWrapped = point.length === length + 2 && point[0] === 0x04 && point[1] === length;
  const octets = isWrapped ? point.subarray(2) : point;
  if (octets.length !== length || octets[0] !== 0x04) {
    throw new KeyHolderError('KEY_NOT_FOUND', `the public point of key ${label} isn’t an uncompressed one`);
  }
  const spki = sequence(sequence(oid(oids.ecPublicKey), parameters), bitString(octets));
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

/**
 * The 32 octets of the Ed25519 public key that belongs to a label. Some tokens wrap the point in an OCTET STRING,
 * some don't.
 */
export function readEd25519PublicKey(token: Pkcs11Token, label: string): Promise<Uint8Array> {
  return token.use(`reading public key ${label}`, (session) => {
    const key = oneObject(session, pkcs11.CKO_PUBLIC_KEY, label, token.label);
    const point = readAttribute(session, key, pkcs11.CKA_EC_POINT);
    const wrapped = point.length === 34 && point[0] === 0x04 && point[1] === 32;
    if (!wrapped && point.length !== 32) {
      throw new KeyHolderError('KEY_NOT_FOUND', `key ${label} on token ${token.label} is no Ed25519 key`);
    }
    return Promise.resolve(new Uint8Array(point.subarray(-32)));
  });
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
