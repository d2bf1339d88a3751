/** Stopping signing by one person's signed statement: what to sign, and passing it to the signer. */
export { EmergencyStopError, type EmergencyStopErrorCode } from './error.ts';
export { everything, prepareStop, submitStop } from './stop.ts';
export type { StopQuestion, StopWords } from './stop.ts';
