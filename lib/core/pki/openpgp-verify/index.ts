/** Signatures of OpenPGP that others made, by keys that a configuration pins: version 4, SHA-2, RSA, ECDSA and Ed25519. */
export { certificateBytesMax, readUpstreamKey, type SigningKey, type UpstreamKey } from './certificate.ts';
export {
  clearSignedBytesMax,
  isClearSigned,
  judgeDocument,
  readClearSigned,
  readDetached,
  signatureBytesMax,
  type DocumentRefusal,
  type JudgedSignature,
} from './document.ts';
