import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('each has its turn once the one before is done, also where that failed', async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const gates = [1, 2, 3].map(() => Promise.withResolvers<null>());
  const all = gates.map((gate, at) =>
    inTurn(async () => {
      log.push(`begins ${at}`);
      await gate.promise;
      log.push(`ends ${at}`);
      if (at === 0) throw new Error('failed');
      return at;
    }),
  );
  for (const gate of gates.toReversed()) gate.resolve(null);
  expect(await Promise.allSettled(all)).toMatchObject([
    { status: 'rejected' },
    { status: 'fulfilled', value: 1 },
    { status: 'fulfilled', value: 2 },
  ]);
  expect(log).toEqual(['begins 0', 'ends 0', 'begins 1', 'ends 1', 'begins 2', 'ends 2']);
});
