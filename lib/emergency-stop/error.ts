import { ExplainedError } from '../platform/http/index.ts';

export type EmergencyStopErrorCode = 'INVALID' | 'UNKNOWN_PROJECT' | 'STOP_NOT_VALID' | 'NO_ACCEPTED_POLICY';

export class EmergencyStopError extends ExplainedError<EmergencyStopErrorCode> {
  static override readonly errorName = 'EmergencyStopError';
}
