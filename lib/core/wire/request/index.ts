/**
 * Where a signing request stands and what the signer does with it, as the signer writes it and everybody reads it. A name
 * that was ever written stays: old rows and entries are read for ever.
 */

/** A request that the signer hasn't seen yet is `received`. */
export const requestStatuses = [
  'received',
  'checking',
  'waiting-for-approval',
  'signing',
  'completed',
  'denied',
  'failed',
] as const;

export type RequestStatus = (typeof requestStatuses)[number];

export const finalStatuses = ['completed', 'denied', 'failed'] as const satisfies readonly RequestStatus[];
export type FinalStatus = (typeof finalStatuses)[number];

/** Final states are never left: a denied artifact needs a new request, under what then holds. */
export function isFinal(status: RequestStatus): status is FinalStatus {
  return (finalStatuses as readonly RequestStatus[]).includes(status);
}

export const openStatuses: readonly Exclude<RequestStatus, FinalStatus>[] = requestStatuses.filter(
  (status) => !isFinal(status),
);

/** The steps of every pass, in order. */
export const requestSteps = [
  'received',
  'policy',
  'origin',
  'inspection',
  'scan',
  'approval',
  'recheck',
  'signing',
  'verification',
  'release',
] as const;

export type RequestStep = (typeof requestSteps)[number];
