import { ExplainedError } from '../platform/http/index.ts';

export type FetchErrorCode =
  /** The policy names no repository on a host that files can be fetched from. */
  | 'FETCH_NOT_POSSIBLE'
  | 'TOO_MANY_UPLOADS'
  /** The host has no such artifact, or the token may not see it. */
  | 'HOST_ARTIFACT_MISSING'
  | 'HOST_ARTIFACT_EXPIRED'
  /** Of another repository or run. */
  | 'HOST_ARTIFACT_FOREIGN'
  /** The bytes have another digest than the host says. */
  | 'HOST_ARTIFACT_CHANGED'
  | 'HOST_ACCESS_DENIED'
  /** The host leads to an address that nothing is fetched from. */
  | 'HOST_ADDRESS_REFUSED'
  | 'CODE_HOST_UNAVAILABLE'
  | 'ARTIFACT_TOO_LARGE';

export class FetchError extends ExplainedError<FetchErrorCode> {
  static override readonly errorName = 'FetchError';
}

/** Why a fetch failed, as it was kept; its code is one of those above, or of storage and quotas. */
export class FetchFailedError extends ExplainedError {
  static override readonly errorName = 'FetchFailedError';
}
