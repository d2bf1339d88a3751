import { timeOf } from './answers.ts';
import type { Answers } from './answers.ts';
import { asks, dayOf, daysBetween, span, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const ask = asks('repository');
const frames = {
  age: {
    id: 'repository-age',
    group: 'repository',
    title: 'Age',
    source: ask,
    gaming: 'medium',
    explanation:
      'When the repository was made on the host. Old repositories can be bought or renamed, and history can be pushed with any date.',
  },
  push: {
    id: 'last-push',
    group: 'activity',
    title: 'Last push',
    source: ask,
    gaming: 'high',
    explanation: 'When something was pushed to any branch. A bot that changes a date does it, too.',
  },
  standing: {
    id: 'standing',
    group: 'repository',
    title: 'Standing',
    source: ask,
    gaming: 'low',
    explanation: 'Whether it is archived, and whether it is a fork of another repository on the host.',
  },
  owner: {
    id: 'owner-age',
    group: 'people',
    title: 'Owner’s account',
    source: asks('owner'),
    gaming: 'medium',
    explanation:
      'How old the account or organisation is that owns it. Old accounts are harder to come by than new ones.',
  },
} as const satisfies Record<string, SignalFrame>;
const quietDays = 365;
const youngDays = 180;

export function repositorySignals(answers: Answers, now: number): readonly Signal[] {
  const repository = answers.repository;
  if (!repository.ok) {
    return [frames.age, frames.push, frames.standing]
      .map((frame) => unverified(frame, repository.reason))
      .concat(ownerSignal(answers, now));
  }
  const { createdAt, pushedAt, archived, fork } = repository.value;
  const made = timeOf(createdAt);
  const last = timeOf(pushedAt);
  return [
    made === null
      ? unverified(frames.age, 'the host gives no date')
      : verified(
          frames.age,
          `${span(daysBetween(made, now))}, since ${dayOf(made)}`,
          daysBetween(made, now) < youngDays ? 'look' : daysBetween(made, now) > 3 * 365 ? 'good' : 'neutral',
        ),
    last === null
      ? unverified(frames.push, 'the host gives no date')
      : verified(
          frames.push,
          `${span(daysBetween(last, now))} ago, on ${dayOf(last)}`,
          daysBetween(last, now) > quietDays ? 'look' : 'neutral',
        ),
    verified(
      frames.standing,
      archived
        ? 'archived: nothing can be released from it'
        : fork
          ? 'a fork of another repository'
          : 'original, not archived',
      archived || fork ? 'look' : 'neutral',
    ),
    ownerSignal(answers, now),
  ];
}

function ownerSignal(answers: Answers, now: number): Signal {
  const owner = answers.owner;
  if (!owner.ok) return unverified(frames.owner, owner.reason);
  const made = timeOf(owner.value.createdAt);
  if (made === null) return unverified(frames.owner, 'the host gives no date');
  const days = daysBetween(made, now);
  const kind = owner.value.isOrganisation ? 'organisation' : 'personal account';
  const note = days < youngDays ? 'look' : days > 3 * 365 ? 'good' : 'neutral';
  return verified(frames.owner, `${owner.value.login}, ${kind}, ${span(days)} old`, note);
}
