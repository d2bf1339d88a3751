import { describe, expect, it } from 'vitest';
import { parseCommitSha } from '../../ids/index.ts';
import { worthRemembering } from './index.ts';

const now = new Date('2026-11-27T12:00:00Z');
const hour = 3600 * 1000;
let count = 0;
const accepted = (hoursAgo: number) => ({
  commit: parseCommitSha((count++).toString(16).padStart(40, '0')),
  acceptedAt: new Date(now.getTime() - hoursAgo * hour),
});
const kept = (...hoursAgo: readonly number[]) =>
  worthRemembering(hoursAgo.map(accepted), now).map(
    (acceptedCommit) => (now.getTime() - acceptedCommit.acceptedAt.getTime()) / hour,
  );

describe('what is remembered of earlier policies', () => {
  it('begins with the one that was in force a week ago', () => {
    expect(kept(900, 500, 169, 100, 2)).toEqual([169, 100, 2]);
    expect(kept(900, 500)).toEqual([500]);
  });

  it('begins with the oldest there is where the foundation is younger', () => {
    expect(kept(100, 3)).toEqual([100, 3]);
    expect(kept()).toEqual([]);
  });

  it('is one for each hour, the first, so that no number of commits pushes any out', () => {
    const many = Array.from({ length: 500 }, (_, index) => 1.999 - index / 500);
    expect(kept(200, ...many)).toEqual([200, 1.999]);
    const busy = kept(...Array.from({ length: 3000 }, (_, index) => 300 - index / 10));
    expect(busy.length).toBeLessThanOrEqual(7 * 24 + 2);
  });
});
