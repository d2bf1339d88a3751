/** A log of every certificate, on disk before it is signed: even a crash leaves nothing that can't be revoked. */
export { openIssuanceLog, issuanceSize, readLoggedSerials, type IssuanceLog } from './log.ts';
