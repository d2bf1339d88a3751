/**
 * Statuses and steps of a signing request, as the signer writes and others read them. Names once written stay: old
 * rows and entries are read for ever.
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

/** Final states are never left: a denied artifact needs a new request, under the policy then in force. */
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
