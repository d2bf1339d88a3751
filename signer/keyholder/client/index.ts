/**
 * Starts the keyholder's processes and talks to them. Whoever has this client can request signatures, but not access
 * a token.
 */
export type { SignedDocument } from './documents.ts';
export { locatePkcs11Module } from './locate-module.ts';
export { openKeyHolder, type KeyHolder, type KeyHolderOptions } from './open-key-holder.ts';
export { findSignatures, lastListNumber, readKeyHolderJournal, type JournalHead } from './read-journal.ts';
export { verifySegments } from './verify-segments.ts';
export { signLogText, signLogTexts, type LogSigned, type LogSigner } from './sign-log-text.ts';
