/**
 * The key holder: a child process that is the only one with the PIN of a token. It signs only against a
 * grant, keeps its own journal and its own rate limit. The ceremony, which makes keys offline, uses the token
 * directly.
 */
export { KeyHolderError, type KeyHolderErrorCode } from './error.ts';
export { openKeyHolder, type KeyHolder, type KeyHolderOptions } from './open-key-holder.ts';
export type { KeyHolderHealth } from './message.ts';
export { signingGrantId, signingGrantWireSchema, type SigningGrantWire } from './grant-wire.ts';
export { keyRegistrySchema, parseKeyRegistry, type KeyRegistry, type KeyRegistryEntry } from './registry.ts';
export { signAuditDigest, type LogSigner } from './sign-audit-digest.ts';
export { locatePkcs11Module } from './locate-module.ts';
export { pinSourceSchema, readPin, type PinSource } from './pin.ts';
export { moduleEnvironmentSchema, type ModuleEnvironment } from './module-environment.ts';
export { Pkcs11Token } from './token.ts';
export { describeToken, type TokenDescription } from './token-description.ts';
export { checkApprovedCertificate, checkApprovedKey, checkApprovedToken } from './fips.ts';
export {
  generateEd25519KeyPair,
  generateRsaKeyPair,
  keyExists,
  readEd25519PublicKey,
  readKeyProtection,
  readPublicKey,
  type KeyProtection,
} from './token-keys.ts';
export { readKeyHolderJournal, type JournalHead } from './read-journal.ts';
export type { JournalRecord } from './journal-record.ts';
