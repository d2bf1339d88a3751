/** What was signed as a certificate, on disk before it was signed: even a crash leaves nothing that can't be revoked. */
export { openIssuanceLog, issuanceSize, readLoggedSerials, type IssuanceLog } from './log.ts';
