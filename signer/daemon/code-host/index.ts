/** Asks a code host about a build: the only traffic to it, and none where no policy wants it. docs/decisions/0102 */
export type { AskedAnswer } from './ask.ts';
export { HostUnavailable } from './error.ts';
export { openCodeHosts, type CodeHosts } from './open.ts';
