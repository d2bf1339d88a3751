/** What an operator may lose, one by one: noticed, stopped where it must be, reconciled by a command, and nothing twice. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Rehearsal } from './rehearsal.ts';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.stop());

it('the clone of the policy repository: fetched anew, without a word from an operator', async () => {
  await rehearsal.signed();
  const { ready } = await rehearsal.damaged(() => rm(rehearsal.clone, { recursive: true }));
  await ready;
  expect(await rehearsal.reconcile()).toContain('Nothing is to be reconciled');
  await rehearsal.accounted();
});

it('the keyholder’s journal: noticed at start, reconciled, and what it knew is named', async () => {
  const waiting = await rehearsal.waiting();
  const { ready } = await rehearsal.damaged(() => rehearsal.loseKeyHolder());
  await rehearsal.until(
    'journal',
    /^down: .*keyholder's journal .* isn’t there, and had \d+.*npm run reconcile/,
  );
  await rehearsal.until('signer', /^down: /);
  await rehearsal.system.approve(waiting.id, waiting.artifact);
  const said = await rehearsal.reconciled();
  expect(said).toMatch(/had \d+ records and has changed \(0 records\)/);
  expect(said).toMatch(/\d+ signatures of the database are in none of these keyholder journals/);
  await ready;
  await rehearsal.system.untilStatus(waiting.id, 'completed');
  await rehearsal.accounted();
});

it('the keyholder’s journal, put back from yesterday: the same', async () => {
  const putBack = await rehearsal.savedKeyHolder();
  await rehearsal.signed();
  const { ready } = await rehearsal.damaged(putBack);
  await rehearsal.until('journal', /^down: .*was truncated or replaced \(\d+ records\)/);
  const said = await rehearsal.reconciled();
  expect(said).toMatch(/had \d+ records and has changed \(\d+ records\)/);
  await ready;
  await rehearsal.accounted();
});

it('the newest file of the release store: named by its request', async () => {
  const request = await rehearsal.signed();
  const { ready } = await rehearsal.damaged(async () => {
    await rehearsal.loseReleased(request);
  });
  await ready;
  expect(await rehearsal.reconcile()).toMatch(
    new RegExp(`row without a file: [0-9a-f]{64}, request ${request.id}: restore it into the release store`),
  );
  await rehearsal.accounted();
});
