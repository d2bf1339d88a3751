/** OpenPGP as far as projects' signatures of documents go: keys and signatures of version 4 by RSA (RFC 9580). */
export { armor, readArmor } from './armor.ts';
export { openPgpCertificate, openPgpRevocation, userIdText, type UserId } from './certificate.ts';
export { OpenPgpError } from './error.ts';
export { fingerprintOf, groupedFingerprint, type OpenPgpKey } from './key.ts';
export { Octets } from './packets.ts';
export { publishedOpenPgpKey, type PublishedOpenPgpKey } from './published.ts';
export {
  hashIds,
  readDocumentSignature,
  splitSignature,
  type OpenPgpHash,
  readDocumentTrailer,
  signaturePacket,
  signatureTrailer,
  signatureTypes,
  type DocumentForm,
  type DocumentSignature,
} from './signature.ts';
export { isRoleName } from './role-names.ts';
export { clearSigned, signedText } from './text.ts';
export { webKeyName } from './wkd.ts';
