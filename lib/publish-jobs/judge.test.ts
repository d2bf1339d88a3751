import { describe, expect, it } from 'vitest';
import type { RequestStatus } from '#core/wire/request/index.ts';
import { requestStatuses } from '#core/wire/request/index.ts';
import { judgeJob } from './judge.ts';
import type { JobRequest } from './judge.ts';

const askedAt = new Date('2026-11-30T00:00:00Z');
const after = (minutes: number): Date => new Date(askedAt.getTime() + minutes * 60_000);
let count = 0;
const request = (status: RequestStatus, more: Partial<JobRequest> = {}): JobRequest => {
  count += 1;
  const release = { name: 'a.zip', sha256: 'a'.repeat(64), isRevoked: false };
  return {
    id: String(count),
    policy: 'release-signing',
    artifactName: 'a.zip',
    status,
    summary: null,
    release: status === 'completed' ? release : null,
    ...more,
  };
};
const judge = (requests: readonly JobRequest[], minutes = 1, isNamed = true) =>
  judgeJob({ requests, isNamed, askedAt, now: after(minutes) });

describe('a job that waits', () => {
  it('starts when everything that its run submitted is released, and not before', () => {
    expect(judge([request('completed')])).toMatchObject({ state: 'approved', told: 'released' });
    const two = [request('completed'), request('waiting-for-approval', { artifactName: 'b.zip' })];
    expect(judge(two)).toMatchObject({ state: 'waiting', told: 'approval' });
    expect(judge([request('completed'), request('completed', { artifactName: 'b.zip' })]).state).toBe(
      'approved',
    );
  });

  it.each(requestStatuses)('is let start by the status %s only if that is a release', (status) => {
    expect(judge([request(status)]).state === 'approved').toBe(status === 'completed');
    expect(judge([request(status, { release: null })]).state).not.toBe('approved');
  });

  it('is turned away by one that was refused, gave up, or was revoked since', () => {
    for (const status of ['denied', 'failed'] as const) {
      const refused = request(status, { artifactName: 'b.zip' });
      expect(judge([request('checking'), refused])).toMatchObject({ state: 'rejected', requests: [refused] });
    }
    const revoked = request('completed', {
      release: { name: 'a.zip', sha256: 'a'.repeat(64), isRevoked: true },
    });
    expect(judge([revoked])).toMatchObject({ state: 'rejected', told: 'refused' });
  });

  it('follows the newest request for a file: one that took another’s place counts in its stead', () => {
    expect(judge([request('completed'), request('denied')]).state).toBe('approved');
    expect(judge([request('denied'), request('completed')]).state).toBe('rejected');
    // The same name under another policy is another file.
    expect(judge([request('completed'), request('denied', { policy: 'other' })]).state).toBe('rejected');
  });

  it('is turned away after an hour without a request, and at once where no policy names its environment', () => {
    expect(judge([], 59)).toMatchObject({ state: 'waiting', told: 'none-yet' });
    expect(judge([], 60)).toMatchObject({ state: 'rejected', told: 'none' });
    expect(judge([request('completed')], 1, false)).toMatchObject({ state: 'rejected', told: 'not-named' });
  });

  it('may wait for people for as long as it takes', () => {
    expect(judge([request('waiting-for-approval')], 29 * 24 * 60).state).toBe('waiting');
  });
});
