/** Objects on a token, found by their labels. */
import pkcs11 from 'pkcs11js';
import { KeyHolderError } from '../protocol/index.ts';
import { orderBytesOf, type PrivateKey } from './mechanisms.ts';

/** One session, used by one operation. `generation` counts the connections so far. */
export interface TokenSession {
  readonly cryptoki: pkcs11.PKCS11;
  /** Another one from where an operation was given up in its middle. */
  handle: Buffer;
  readonly generation: number;
  /** The token's. */
  readonly mechanisms: readonly number[];
  /** Closes the session, with the objects that it made, and opens another in its place. */
  replace(): void;
  /** Bytes → signature over their SHA-256, by a key that this session can use. */
  sign(key: PrivateKey, bytes: Uint8Array): Promise<Uint8Array>;
}

/** Handles of the objects of a class with this CKA_LABEL; 16 at most, more than one is already an error. */
export function findObjects(session: TokenSession, objectClass: number, label: string): Buffer[] {
  session.cryptoki.C_FindObjectsInit(session.handle, [
    { type: pkcs11.CKA_CLASS, value: objectClass },
    { type: pkcs11.CKA_LABEL, value: label },
  ]);
  try {
    return session.cryptoki.C_FindObjects(session.handle, 16);
  } finally {
    session.cryptoki.C_FindObjectsFinal(session.handle);
  }
}

/** Of the order of the curve that a private key is on; null where it is no EC key. */
export function readOrderBytes(session: TokenSession, key: Buffer, label: string): number | null {
  const { cryptoki, handle } = session;
  const [type] = cryptoki.C_GetAttributeValue(handle, key, [{ type: pkcs11.CKA_KEY_TYPE }]);
  // A CK_ULONG in the machine's order, of which every type that is known fits into the lowest byte.
  if (Buffer.from(type?.value as Uint8Array).readUInt8(0) !== pkcs11.CKK_EC) return null;
  const [curve] = cryptoki.C_GetAttributeValue(handle, key, [{ type: pkcs11.CKA_EC_PARAMS }]);
  return orderBytesOf(new Uint8Array(curve?.value as Uint8Array), label);
}

/** The slot of the token with this label; slot numbers move. Throws TOKEN_NOT_FOUND. */
export function findSlot(cryptoki: pkcs11.PKCS11, label: string): Buffer {
  const slots = cryptoki.C_GetSlotList(true);
  const matching = slots.filter((slot) => cryptoki.C_GetTokenInfo(slot).label.trimEnd() === label);
  const [slot] = matching;
  if (slot !== undefined && matching.length === 1) return slot;
  throw new KeyHolderError(
    'TOKEN_NOT_FOUND',
    matching.length > 1
      ? `${matching.length} tokens are labelled ${label}: give each its own label`
      : `no token is labelled ${label} (${slots.length} slots seen): attach it, or initialise it first`,
  );
}

export const flagOf = (session: TokenSession, object: Buffer, type: number): boolean =>
  readAttribute(session, object, type)[0] === 1;

export function readAttribute(session: TokenSession, object: Buffer, type: number): Buffer {
  const [attribute] = session.cryptoki.C_GetAttributeValue(session.handle, object, [{ type }]);
  return Buffer.from(attribute?.value as Uint8Array);
}
