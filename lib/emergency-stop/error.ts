import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

export type EmergencyStopErrorCode = 'INVALID' | 'UNKNOWN_PROJECT' | 'STOP_NOT_VALID' | 'NO_ACCEPTED_POLICY';

export class EmergencyStopError extends ExplainedError<EmergencyStopErrorCode> {
  static readonly errorName = 'EmergencyStopError';
  constructor(explanation: Explanation<EmergencyStopErrorCode>) {
    super(EmergencyStopError.errorName, explanation);
  }
}
