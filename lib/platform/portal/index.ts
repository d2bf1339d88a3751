export { acceptedPartAt, acceptedPolicy, acceptedPolicyAt, earlierPolicy } from './accepted-policy.ts';
export type { AcceptedPolicy } from './accepted-policy.ts';
export type { Context, Portal } from './context.ts';
export { currentPortal } from './current.ts';
export { openPortal } from './open.ts';
export type { OpenPortal } from './open.ts';
