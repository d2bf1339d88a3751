/**
 * Access to a token by PKCS#11: the only room that loads the module with access to the keys. Only the keyholder's
 * processes and the
 * ceremony, which makes keys offline, may import it.
 */
export { Pkcs11Module } from './module.ts';
export { Pkcs11Token, type SigningObject } from './token.ts';
export {
  checkWrappingKey,
  generateWrappingKey,
  givesKeysBack,
  makeWrappedKeyPair,
  tryWrappedKey,
  wrapAgain,
  wrappingKeyExists,
} from './wrapped-keys.ts';
export type { WrappingKeyProtection } from './unwrap.ts';
export { describeToken, type TokenDescription } from './description.ts';
export { checkApprovedCertificate, checkApprovedKey, checkApprovedToken } from './fips.ts';
export {
  generateEd25519KeyPair,
  generateKeyPair,
  keyExists,
  readEd25519PublicKey,
  readKeyProtection,
  readPublicKey,
  type KeyProtection,
} from './keys.ts';
export { readPin } from './read-pin.ts';
