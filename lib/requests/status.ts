import { z } from 'zod';

/** Where a request stands, as the signer says; a request it hasn't seen yet is `received`. */
export const requestStatuses = [
  'received',
  'checking',
  'waiting-for-approval',
  'signing',
  'completed',
  'denied',
  'failed',
] as const;

export const requestStatusSchema = z.enum(requestStatuses);
export type RequestStatus = z.infer<typeof requestStatusSchema>;

export function isFinal(status: RequestStatus): boolean {
  return status === 'completed' || status === 'denied' || status === 'failed';
}

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
