import { describe, expect, it } from 'vitest';
import type { TimestampSource } from '../signing/index.ts';
import { watchTimestamps } from './timestamps.ts';

function open() {
  let clock = new Date('2026-11-30T12:00:00Z');
  let asked = 0;
  const state = { problem: null as string | null, pathEnds: new Date('2030-01-01T00:00:00Z') };
  const source: TimestampSource = {
    over: () => {
      asked += 1;
      if (state.problem !== null) return Promise.reject(new Error(state.problem));
      return Promise.resolve({
        token: new Uint8Array(),
        time: clock,
        url: 'https://tsa.example/tsr',
        pathEnds: state.pathEnds,
      });
    },
  };
  const watched = watchTimestamps(source, () => clock);
  const wait = (seconds: number) => (clock = new Date(clock.getTime() + seconds * 1000));
  return { ...watched, state, wait, asked: () => asked };
}

describe('the health of timestamp authorities', () => {
  it('is what the last timestamp showed: one is asked for at the start, and then every ten minutes', async () => {
    const { probe, wait, asked } = open();
    expect(await probe.probe()).toMatchObject({
      state: 'ok',
      detail: 'tsa.example gave one at 2026-11-30T12:00:00.000Z',
    });
    wait(599);
    await probe.probe();
    expect(asked()).toBe(1);
    wait(2);
    await probe.probe();
    expect(asked()).toBe(2);
  });

  it('is down as soon as a request gets none, and up again within a minute of their return', async () => {
    const { probe, source, state, wait, asked } = open();
    await probe.probe();
    state.problem = 'no timestamp authority gave a timestamp: https://tsa.example/tsr: answered 503';
    await expect(source.over(new Uint8Array(1))).rejects.toThrow('503');
    expect(await probe.probe()).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('503') as string,
    });
    state.problem = null;
    expect((await probe.probe()).state, 'not asked at every look').toBe('down');
    expect(asked()).toBe(2);
    wait(61);
    expect((await probe.probe()).state).toBe('ok');
  });

  it('says a month before when its certificates end', async () => {
    const { probe, state, wait } = open();
    expect(await probe.probe()).toMatchObject({
      state: 'ok',
      measures: { certificate_ends_timestamp_seconds: Date.parse('2030-01-01T00:00:00Z') / 1000 },
    });
    state.pathEnds = new Date('2026-12-30T00:00:00Z');
    wait(601);
    expect(await probe.probe()).toMatchObject({
      state: 'degraded',
      detail: expect.stringContaining(
        'its certificates end at 2026-12-30T00:00:00.000Z: have them renewed',
      ) as string,
    });
  });
});
