import { expect, it } from 'vitest';
import { Unavailable } from '../../ground/availability/index.ts';
import { openTakingGate } from './may-take.ts';

const behind = new Unavailable('policy', 'another signer has accepted a newer policy', 'none');

const none = (): string | null => null;

function gate(check: () => Promise<void>, problem = none, full = none) {
  let time = 0;
  let followed = 0;
  const opened = openTakingGate({
    policy: { checkNotBehind: check },
    clock: { compareIfDue: () => Promise.resolve(), problem },
    rooms: { lookIfDue: () => Promise.resolve(), problem: full },
    follow: () => Promise.resolve((followed += 1)),
    now: () => new Date(time),
  });
  return { ...opened, followed: () => followed, later: (seconds: number) => (time += seconds * 1000) };
}

it('a signer that isn’t behind takes requests, and asks nobody', async () => {
  const one = gate(() => Promise.resolve());
  expect([await one.mayTake(), one.followed(), one.behind()]).toEqual([true, 0, null]);
});

it('a signer that is behind follows the policy first, and takes requests once it isn’t any more', async () => {
  let looks = 0;
  const one = gate(() => ((looks += 1) === 1 ? Promise.reject(behind) : Promise.resolve()));
  expect([await one.mayTake(), one.followed(), one.behind()]).toEqual([true, 1, null]);
});

it('a signer that stays behind takes nothing, says why, and doesn’t fetch at every look', async () => {
  const one = gate(() => Promise.reject(behind));
  for (let looks = 0; looks < 3; looks += 1) expect(await one.mayTake()).toBe(false);
  expect([one.followed(), one.behind()]).toEqual([1, behind.message]);
  one.later(2);
  expect([await one.mayTake(), one.followed()]).toEqual([false, 2]);
});

it('a signer whose clock isn’t believed takes nothing until it is', async () => {
  let problem: string | null = 'an hour ahead';
  const one = gate(
    () => Promise.resolve(),
    () => problem,
  );
  expect([await one.mayTake(), one.behind()]).toEqual([false, null]);
  problem = null;
  expect(await one.mayTake()).toBe(true);
});

it('without the database nothing is taken, and nobody is called behind', async () => {
  const gone = new Unavailable('database', 'gone', 'none');
  const one = gate(() => Promise.reject(gone));
  await expect(one.mayTake()).rejects.toBe(gone);
  expect(one.behind()).toBeNull();
});

it('a signer that can’t write takes nothing until it can', async () => {
  let full: string | null = 'state: no space is left';
  const one = gate(
    () => Promise.resolve(),
    none,
    () => full,
  );
  expect([await one.mayTake(), one.followed()]).toEqual([false, 0]);
  full = null;
  expect(await one.mayTake()).toBe(true);
});
