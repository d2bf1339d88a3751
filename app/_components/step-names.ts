import type { RequestStep, TraceStep } from '../../lib/requests/index.ts';
import type { ShownState } from './state-icon.tsx';

export const stepNames: Readonly<Record<RequestStep, string>> = {
  received: 'Received',
  policy: 'Policy',
  origin: 'Origin',
  inspection: 'Contents',
  scan: 'Malware scan',
  approval: 'Approval',
  recheck: 'Recheck',
  signing: 'Signing',
  verification: 'Verification',
  release: 'Release',
};

/** What each step asks, so that a step not reached yet says something too. */
export const stepAsks: Readonly<Record<RequestStep, string>> = {
  received: 'Is the artifact here, as it was named?',
  policy: 'Which policy holds for this project?',
  origin: 'Was it built from the source, by the build the policy names?',
  inspection: 'Does it hold what the policy says, and nothing else?',
  scan: 'Is every file in it free of known malware?',
  approval: 'Have enough maintainers signed that they agree?',
  recheck: 'Do policy and certificate still hold, right before signing?',
  signing: 'Is every file to be signed signed on the hardware?',
  verification: 'Do the signatures verify, and did nothing else change?',
  release: 'Is the signed artifact published?',
};

export const stateNames: Readonly<Record<ShownState, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  waiting: 'Waiting',
  retrying: 'Trying again',
  running: 'At work',
  'not-reached': 'Not reached',
  cancelled: 'Cancelled',
};

/** The journal has a cancelled request end in a step that fails. Nothing is wrong with it. */
export const shownStateOf = ({ state, findings }: Pick<TraceStep, 'state' | 'findings'>): ShownState =>
  state === 'failed' && findings.some(isCancellation) ? 'cancelled' : state;

export const isCancellation = ({ rule, outcome }: TraceStep['findings'][number]): boolean =>
  rule === 'received.cancelled' && outcome === 'fail';
