import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { openSigned } from '../signatures/open-signed.fixture.ts';
import { ageNotice, sendAgeNotice } from './notify-age.ts';

const snapshot = changed({});
const day = 86_400_000;
const datedAt = new Date('2026-01-01T00:00:00Z');
const after = (days: number) => new Date(datedAt.getTime() + days * day);
const ageOf = (alarmDays: number, stopDays: number | null = null, commit = 'c'.repeat(40)) => ({
  accepted: parseCommitSha(commit),
  datedAt,
  alarmAt: after(alarmDays),
  stopAt: stopDays === null ? null : after(stopDays),
});

describe('the policy’s age', () => {
  it.each<readonly [number, number | null, number, string | undefined]>([
    [90, null, 75.9, undefined],
    [90, null, 76, 'alarm-soon'],
    [90, null, 89.9, 'alarm-soon'],
    [90, null, 90, 'alarm'],
    [90, null, 500, 'alarm'],
    [90, 120, 105.9, 'alarm'],
    [90, 120, 106, 'stop-soon'],
    [90, 120, 120, 'stopped'],
    [90, 91, 90, 'stop-soon'],
    // A short limit isn't reached before the commit is signed: a quarter of it is left.
    [8, null, 5.9, undefined],
    [8, null, 6, 'alarm-soon'],
  ])(
    'with an alarm after %s days and a stop after %s is announced after %s: %s',
    (alarm, stop, now, what) => {
      expect(ageNotice(ageOf(alarm, stop), after(now))?.what).toBe(what);
    },
  );

  it('is absent if it is unknown', () => {
    expect(ageNotice({ ...ageOf(90), datedAt: null }, after(500))).toBeNull();
    expect(ageNotice({ ...ageOf(90), accepted: null }, after(500))).toBeNull();
  });
});

describe('policy maintainers', () => {
  let signed: Awaited<ReturnType<typeof openSigned>>;
  beforeAll(async () => {
    signed = await openSigned();
  });
  beforeEach(() => signed.ctx.db.notification.deleteMany({}));
  afterAll(() => signed.close());

  const tell = (days: number, age = ageOf(90, 120)) =>
    sendAgeNotice({ ...signed.ctx, now: () => after(days) }, snapshot, age);
  const messages = () => signed.ctx.db.notification.findMany({ orderBy: { id: 'asc' } });

  it('are each notified once, before the alarm, with what to do, and again when it is raised', async () => {
    await tell(70);
    expect(await messages()).toEqual([]);
    await Promise.all([tell(80), tell(80)]);
    await tell(85);
    const told = await messages();
    const members: readonly string[] = snapshot.trustRoot.value.policyMaintainers.members;
    const ids = [...snapshot.people]
      .filter(([handle]) => members.includes(handle))
      .map(([, one]) => one.value.identities?.github);
    expect(told.map((message) => message.accountId).toSorted()).toEqual(ids.toSorted());
    expect(told[0]).toMatchObject({ kind: 'foundation-alert', path: '/changes' });
    expect(told[0]?.subject).toBe('The policy has to be confirmed before 2026-04-01');
    expect(told[0]?.body).toContain('Confirm the policy');
    for (const days of [91, 110, 121, 122]) await tell(days);
    const subjects = (await messages()).slice(ids.length).map((message) => message.subject);
    expect([...new Set(subjects)]).toEqual([
      'The policy in force is older than the foundation allows',
      'Nothing will be signed from 2026-05-01 on, unless the policy is confirmed',
      'Nothing is signed: the policy in force is too old',
    ]);
    expect(subjects).toHaveLength(3 * ids.length);
  });

  it('are notified again for the next policy', async () => {
    await tell(80, ageOf(90, null, 'd'.repeat(40)));
    await tell(80, ageOf(90, null, 'e'.repeat(40)));
    expect(new Set((await messages()).map((message) => /commit (.)/.exec(message.body)?.[1]))).toEqual(
      new Set(['d', 'e']),
    );
  });
});
