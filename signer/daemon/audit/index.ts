/** Audit exports: the signer's own files and the signed digest of all files. A separate program, not part of the daemon. */
export { AuditError } from './error.ts';
export { portsOf, signExports, type ExportPorts, type ExportsSigned } from './sign-exports.ts';
