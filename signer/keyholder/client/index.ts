/** Starts the keyholder's processes and talks to them. What holds it can ask for signatures, and can't reach a token. */
export { locatePkcs11Module } from './locate-module.ts';
export { openKeyHolder, type KeyHolder, type KeyHolderOptions } from './open-key-holder.ts';
export { readKeyHolderJournal, type JournalHead } from './read-journal.ts';
export { signAuditDigest, type LogSigner } from './sign-audit-digest.ts';
