import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A key of the development build system, kept in a file. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** SHA-256 of the SubjectPublicKeyInfo: what logs are known by (RFC 6962 §3.2). */
  readonly id: Uint8Array;
  /** DER ECDSA signature over SHA-256, or Ed25519. */
  sign(data: Uint8Array): Uint8Array;
}

function signingKey(privateKey: KeyObject): SigningKey {
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  return {
    privateKey,
    spki,
    id: new Uint8Array(createHash('sha256').update(spki).digest()),
    sign: (data) => new Uint8Array(sign('sha256', data, privateKey)),
  };
}

export function newKey(): SigningKey {
  return signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/**
 * As Rekor 2 has them: Ed25519, known by the id that signed notes have (C2SP signed-note), whose first four bytes stand in
 * checkpoints.
 */
export async function keepNoteKey(file: string, name: string): Promise<SigningKey> {
  const pem = await keepText(file, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const privateKey = createPrivateKey(pem);
  const { spki } = signingKey(privateKey);
  const id = createHash('sha256').update(`${name}\n\u0001`).update(spki.subarray(-32)).digest();
  return {
    privateKey,
    spki,
    id: new Uint8Array(id),
    sign: (data) => new Uint8Array(sign(null, data, privateKey)),
  };
}

/** PEM file → key; makes the file, readable by its owner only, where it is absent. */
export async function keepKey(file: string): Promise<SigningKey> {
  const pem = await keepText(file, () =>
    newKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  return signingKey(createPrivateKey(pem));
}

/** File → its text; writes it whole or not at all where it is absent. */
export async function keepText(file: string, make: () => string | Promise<string>): Promise<string> {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const partial = `${file}.${process.pid}.partial`;
    writeFileSync(partial, await make(), { mode: 0o600 });
    renameSync(partial, file);
  }
  return readFileSync(file, 'utf8');
}
