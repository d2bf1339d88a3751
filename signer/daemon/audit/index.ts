/** Exports of audit records: the signer's own files, and the signed digest of all. A program of its own, beside the daemon. */
export { AuditError } from './error.ts';
export { portsOf, signExports, type ExportPorts, type ExportsSigned } from './sign-exports.ts';
