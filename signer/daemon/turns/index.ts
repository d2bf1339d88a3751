export { readBacklog, type Backlog } from './backlog.ts';
export { holdLease, LeaseLost, type Lease, type PassEnd } from './lease.ts';
export type { TurnsPolicy } from './find.ts';
export type { TurnRule } from './take.ts';
export { openTurns, type Turn, type Turns } from './turns.ts';
