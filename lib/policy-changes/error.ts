import { isError } from '#core/error/index.ts';
import { GitHostError } from '../platform/git-host/index.ts';
import type { GitHostErrorCode } from '../platform/git-host/index.ts';
import { ExplainedError } from '../platform/http/index.ts';

export type PolicyChangesErrorCode =
  | 'NO_POLICY_HOST'
  | 'NO_ACCEPTED_POLICY'
  | 'NOT_ALLOWED'
  | 'UNKNOWN_CHANGE'
  | 'CHANGE_INVALID'
  | 'CHANGED_MEANWHILE'
  | 'SIGNATURE_NOT_VALID'
  | 'OWN_CHANGE'
  | 'NOT_READY'
  | 'HOST_UNAVAILABLE';

export class PolicyChangesError extends ExplainedError<PolicyChangesErrorCode> {
  static override readonly errorName = 'PolicyChangesError';
}

const codes: Readonly<Record<GitHostErrorCode, readonly [code: PolicyChangesErrorCode, fix: string]>> = {
  RATE_LIMITED: ['HOST_UNAVAILABLE', 'Wait some minutes, then do it again: nothing was lost.'],
  UNAVAILABLE: ['HOST_UNAVAILABLE', 'Do it again in a while: nothing was lost.'],
  PARTIAL: ['HOST_UNAVAILABLE', 'Do it again in a while: nothing was lost.'],
  CONFLICT: ['CHANGED_MEANWHILE', 'Look at the change as it stands now, then decide again.'],
  NOT_FOUND: ['UNKNOWN_CHANGE', 'Check the number or the branch; it may have been removed.'],
  INVALID: ['CHANGE_INVALID', 'Correct it and send it again.'],
  FORBIDDEN: ['HOST_UNAVAILABLE', 'The operators of this portal have to check its rights on the Git host.'],
  UNAUTHENTICATED: [
    'HOST_UNAVAILABLE',
    'The operators of this portal have to check how it signs in to the Git host.',
  ],
  WRONG_REPOSITORY: ['HOST_UNAVAILABLE', 'The operators of this portal have to check who has the name now.'],
};

/** Runs work on the Git host; its errors become ones that people can act on. */
export async function onHost<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isError(error, GitHostError)) throw error;
    const [code, fix] = codes[error.code];
    throw new PolicyChangesError({ code, message: `The Git host: ${error.message}.`, fix, cause: error });
  }
}
