/**
 * What was in force some days ago: the starting point for guards that count over a period. Signer and portal remember
 * the same.
 */
import type { CommitSha } from '../../ids/index.ts';
import { removalWindowDays } from '../index.ts';

export interface AcceptedCommit {
  readonly commit: CommitSha;
  readonly acceptedAt: Date;
}

const hourMilliseconds = 3600 * 1000;

/** Until when something must have been in force to count as of some days ago. */
export const windowStart = (now: Date): Date =>
  new Date(now.getTime() - removalWindowDays * 24 * hourMilliseconds);

export const startOfHour = (at: Date): Date =>
  new Date(Math.floor(at.getTime() / hourMilliseconds) * hourMilliseconds);

/**
 * Commits in the order of acceptance → those worth remembering: of each hour the first, from the last one
 * before the window on. However many commits somebody makes, there are no more than the window has hours, and what they
 * are counted against stays.
 */
export function worthRemembering(accepted: readonly AcceptedCommit[], now: Date): readonly AcceptedCommit[] {
  const start = windowStart(now);
  const firsts = accepted.filter((acceptedCommit, index) => {
    const before = accepted[index - 1];
    return before === undefined || startOfHour(before.acceptedAt) < startOfHour(acceptedCommit.acceptedAt);
  });
  const from = firsts.findLastIndex((acceptedCommit) => acceptedCommit.acceptedAt <= start);
  return firsts.slice(Math.max(from, 0));
}
