export { openSessionGuard, type SessionGuard, type SessionLimits } from './guard.ts';
export { watchLocks } from './locks.ts';
