import { beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../ground/availability/index.ts';
import { watchClock, type Clock } from './index.ts';

const start = Date.parse('2026-11-30T12:00:00Z');
const day = 24 * 3600 * 1000;

describe('the clock', () => {
  let wall: number;
  let steady: number;
  let database: number;
  /** Milliseconds on the way to the database and back. */
  let way: readonly [number, number];
  let clock: Clock;
  const pass = (milliseconds: number) => {
    wall += milliseconds;
    steady += milliseconds;
    database += milliseconds;
  };
  beforeEach(() => {
    [wall, steady, database, way] = [start, 0, start, [1, 1]];
    clock = watchClock({
      now: () => new Date(wall),
      steady: () => steady,
      database: {
        query: () => {
          pass(way[0]);
          const at = database;
          pass(way[1]);
          return Promise.resolve([{ at }]);
        },
      },
    });
  });
  const thrown = (): unknown => {
    try {
      clock.check();
    } catch (error) {
      return error;
    }
    return null;
  };

  it('isn’t believed before it was compared', () => {
    expect(thrown()).toMatchObject({ component: 'clock', code: 'CLOCK_UNAVAILABLE' });
  });

  it.each([0, 59_000, -59_000])('is believed where it differs by %i ms from the database’s', async (by) => {
    wall += by;
    await clock.compare();
    expect(clock.problem()).toBeNull();
    expect(thrown()).toBeNull();
  });

  it.each([
    [day, '86400 s ahead of the database’s'],
    [-day, '86400 s behind the database’s'],
    [61_000, '61 s ahead of'],
    [-61_000, '61 s behind'],
  ])('isn’t believed where it differs by %i ms, and says so', async (by, said) => {
    wall += by;
    await clock.compare();
    expect(clock.problem()).toContain(said);
    expect(thrown()).toBeInstanceOf(Unavailable);
    wall -= by;
    await clock.compare();
    expect(clock.problem()).toBeNull();
  });

  it.each([
    [day, '86400 s ahead'],
    [-day, '86400 s back'],
  ])('isn’t believed after a jump by %i ms, before it is compared again', async (by, said) => {
    await clock.compare();
    pass(20_000);
    expect(clock.problem()).toBeNull();
    wall += by;
    expect(clock.problem()).toContain(said);
    // The machine slept, and its clock is right.
    database += by;
    await clock.compare();
    expect(clock.problem()).toBeNull();
  });

  it.each([day, -day])(
    'gives the database’s time for what is judged meanwhile, after a jump by %i ms',
    async (by) => {
      await clock.compare();
      pass(10_000);
      expect(clock.time().getTime()).toBe(wall);
      wall += by;
      expect(Math.abs(clock.time().getTime() - database)).toBeLessThan(10);
      await clock.compare();
      pass(10_000);
      expect(Math.abs(clock.time().getTime() - database)).toBeLessThan(10);
    },
  );

  it.each([day, -day])(
    'gives no time that hasn’t been yet to what is written down, whichever of the two is off by %i ms',
    async (by) => {
      await clock.compare();
      pass(10_000);
      expect(clock.written().getTime()).toBe(wall);
      const right = wall;
      wall += by;
      expect(clock.written().getTime()).toBeLessThan(right + 10);
      wall -= by;
      database += by;
      await clock.compare();
      expect(clock.problem()).not.toBeNull();
      pass(10_000);
      expect(clock.written().getTime()).toBeLessThan(right + 10_010);
    },
  );

  it('is compared again after some seconds, and at once where something was found', async () => {
    await clock.compareIfDue();
    database += day;
    await clock.compareIfDue();
    expect(clock.problem()).toBeNull();
    pass(5_001);
    await clock.compareIfDue();
    expect(clock.problem()).toContain('behind the database’s');
    database -= day;
    await clock.compareIfDue();
    expect(clock.problem()).toBeNull();
  });

  it.each([
    [0, 200_000],
    [200_000, 0],
  ])('is believed where the way takes long (%i ms there, %i ms back)', async (there, back) => {
    way = [there, back];
    await clock.compare();
    expect(clock.problem()).toBeNull();
  });
});
