export { openPolicySource } from './policy-source.ts';
export type { PolicySource } from './port.ts';
export type { PolicySourceStatus } from './status.ts';
export { acceptedFileOf, readAcceptedCommit, readAcceptedSnapshot } from './read-accepted.ts';
export { withAccepted, writeAccepted, type Accepted } from './accepted.ts';
