import { ExplainedError } from '../platform/http/index.ts';

export type OnboardingErrorCode =
  'NOT_ALLOWED' | 'NOT_ACCEPTED' | 'TOO_SOON' | 'KEY_INVALID' | 'MEMBER_INVALID';

export class OnboardingError extends ExplainedError<OnboardingErrorCode> {
  static override readonly errorName = 'OnboardingError';
}
