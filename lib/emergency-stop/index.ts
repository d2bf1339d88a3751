/** Freezing signing by one person's signed word: what to sign, and handing it to the signer. */
export { EmergencyStopError, type EmergencyStopErrorCode } from './error.ts';
export { prepareStop, submitStop, whatIsStopped, type StopQuestion } from './stop.ts';
