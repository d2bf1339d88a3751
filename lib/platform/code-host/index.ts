export type { CodeHost, HostedRepository, MaintainedRepository, RawAnswer } from './code-host.ts';
export { CodeHostError } from './error.ts';
export type { CodeHostErrorCode } from './error.ts';
export { openCodeHost } from './open.ts';
