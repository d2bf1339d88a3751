export { recordEvent, recordEvents } from './record-event.ts';
export type { AuditAction } from '#core/audit/index.ts';
