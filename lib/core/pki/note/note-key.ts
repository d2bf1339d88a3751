import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { NoteError } from './error.ts';

/** C2SP signed-note: the signature type of Ed25519. */
const ed25519Type = 0x01;
const ed25519Bytes = 32;

export interface NoteKey {
  /** The signer's name: not empty, without white space or plus signs; by convention a URL without its scheme. */
  readonly name: string;
  /** 4 octets that identify the key of that name. */
  readonly id: Uint8Array;
  readonly publicKey: KeyObject;
  /** As a line: `<name>+<id>+<base64 of type and key>`. */
  readonly verifierKey: string;
}

/** Name and 32 octets of an Ed25519 public key → key. Throws NOTE_KEY_MALFORMED. */
export function noteKey(name: string, publicKey: Uint8Array): NoteKey {
  if (!/^[^\s+]{1,256}$/u.test(name)) {
    throw new NoteError('NOTE_KEY_MALFORMED', `${JSON.stringify(name)} is not a valid name of a note's key`);
  }
  if (publicKey.length !== ed25519Bytes) {
    throw new NoteError('NOTE_KEY_MALFORMED', `an Ed25519 key of ${publicKey.length} octets; it has 32`);
  }
  const typed = Buffer.concat([Uint8Array.of(ed25519Type), publicKey]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
  return {
    name,
    id,
    publicKey: createPublicKey({ format: 'jwk', key: jwk }),
    verifierKey: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
  };
}

/** The line of a key → key. Throws NOTE_KEY_MALFORMED, also if the id isn't that of the key. */
export function parseNoteKey(line: string): NoteKey {
  const match = /^([^\s+]{1,256})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(line.trim());
  const [, name, id, base64] = match ?? [];
  if (name === undefined || id === undefined || base64 === undefined) {
    throw new NoteError('NOTE_KEY_MALFORMED', 'not a key of a signed note: `name+id+key` on one line');
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes[0] !== ed25519Type) {
    throw new NoteError(
      'NOTE_KEY_MALFORMED',
      `signature type ${bytes[0] ?? 0}; only Ed25519 (1) is supported`,
    );
  }
  const key = noteKey(name, bytes.subarray(1));
  if (Buffer.from(key.id).toString('hex') === id && key.verifierKey === line.trim()) return key;
  throw new NoteError(
    'NOTE_KEY_MALFORMED',
    `the key's id is ${Buffer.from(key.id).toString('hex')}, not ${id}`,
  );
}
