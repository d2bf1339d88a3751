/** What a job that waits is told, from how the requests of its run stand. Pure. */
import { isFinal } from '#core/wire/request/index.ts';
import type { RequestStatus } from '#core/wire/request/index.ts';

export interface JobRequest {
  readonly id: string;
  readonly policy: string;
  readonly artifactName: string;
  readonly status: RequestStatus;
  /** By the signer; null: it hasn't seen it yet. */
  readonly summary: string | null;
  readonly release: { readonly name: string; readonly sha256: string; readonly isRevoked: boolean } | null;
}

export interface Verdict {
  readonly state: 'waiting' | 'approved' | 'rejected';
  /** Of one attempt, each is told once. */
  readonly told: string;
  /** What counts for it. */
  readonly requests: readonly JobRequest[];
}

/** A run that submitted nothing for so long won't. */
export const requestMinutesMax = 60;
const minute = 60_000;

export function judgeJob(input: {
  /** Of the run, under policies that name the environment; the newest first. */
  readonly requests: readonly JobRequest[];
  /** Whether any policy in force names the environment. */
  readonly isNamed: boolean;
  readonly askedAt: Date;
  readonly now: Date;
}): Verdict {
  const { isNamed, askedAt, now } = input;
  if (!isNamed) return { state: 'rejected', told: 'not-named', requests: [] };
  const requests = newestOfEach(input.requests);
  if (requests.length === 0) {
    const late = now.getTime() - askedAt.getTime() >= requestMinutesMax * minute;
    return late
      ? { state: 'rejected', told: 'none', requests: [] }
      : { state: 'waiting', told: 'none-yet', requests: [] };
  }
  // What can't be published any more ends the wait, whatever the others still come to.
  const refused = requests.filter(isRefused);
  if (refused.length > 0) return { state: 'rejected', told: 'refused', requests: refused };
  const open = requests.filter(({ status }) => !isFinal(status));
  if (open.length === 0) return { state: 'approved', told: 'released', requests };
  const asksPeople = open.some(({ status }) => status === 'waiting-for-approval');
  return { state: 'waiting', told: asksPeople ? 'approval' : 'checking', requests: open };
}

const isRefused = ({ status, release }: JobRequest): boolean =>
  isFinal(status) && (status !== 'completed' || release === null || release.isRevoked);

/** Of one file name under one policy, the newest counts: a run that was run again, or a request that took another one's place. */
function newestOfEach(requests: readonly JobRequest[]): readonly JobRequest[] {
  const newest = new Map<string, JobRequest>();
  for (const request of requests) {
    const key = `${request.policy}/${request.artifactName}`;
    if (!newest.has(key)) newest.set(key, request);
  }
  return [...newest.values()];
}
