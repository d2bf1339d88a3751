export { recordEvent } from './record-event.ts';
export type { AuditAction } from './record-event.ts';
