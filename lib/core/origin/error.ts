import { CodedError } from '#core/error/index.ts';

export type OriginErrorCode = 'TRUST_ROOT_INVALID';

/** Configuration that origins can't be judged with. What a bundle lacks is a finding, never this. */
export class OriginError extends CodedError<OriginErrorCode> {
  static override readonly errorName = 'OriginError';
}
