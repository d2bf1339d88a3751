/** The short form of `npm run crash-loop`: each part is killed once, with requests in flight. */
import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { TwoSigners } from '../test/system/two-signers.ts';
import { crashLoop } from './loop.ts';
import { victims } from './victims.ts';

it('signers, keyholder, inspector and PostgreSQL are killed once each: nothing unlogged, doubled, stuck or broken', async () => {
  const both = await TwoSigners.start();
  try {
    // The portal has to be built first, which is the journeys' matter.
    const among = victims.filter((victim) => victim !== 'portal');
    const seed = randomInt(2 ** 31);
    const lines: string[] = [];
    const result = await crashLoop(both, {
      rounds: among.length,
      seed,
      inFlight: 6,
      among,
      countEvery: among.length,
      say: (line) => void lines.push(line),
    });
    expect(result.faults, `seed ${seed}\n${lines.join('\n')}`).toEqual([]);
    expect(result.signed).toBeGreaterThanOrEqual(result.asked);
    expect(Object.keys(result.kills)).toHaveLength(among.length);
  } finally {
    await both.stop();
  }
});
