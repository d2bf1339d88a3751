/** What an operator may lose, one by one and two together: noticed, stopped where it must be, reconciled by a command, and nothing twice. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programArguments } from '../../../scripts/processes/program.ts';
import { pinnedNode } from '../../stack/index.ts';
import { Rehearsal } from './rehearsal.ts';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.stop());

/** The command on the signer's host. */
const stop = (...args: readonly string[]) =>
  promisify(execFile)(pinnedNode, [
    ...programArguments('emergency-stop'),
    ...['--config', rehearsal.system.foundation.signerConfig, '--project', 'esbuild-demo', ...args],
  ]);

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

it('the whole folder of the signer’s state, put back from yesterday: the database says what its keyholder gave since', async () => {
  const putBack = await rehearsal.savedState();
  await rehearsal.signed();
  const { ready } = await rehearsal.damaged(putBack);
  await rehearsal.until('journal', /^down: .*lacks the signature that it gave for request/);
  expect(await rehearsal.reconciled()).toContain('lacks signatures that it gave, by the database');
  await ready;
  await rehearsal.accounted();
});

it('the database two hours back, and the keyholder’s journal from yesterday: what neither knows is a release without a row', async () => {
  const keyHolderBack = await rehearsal.savedKeyHolder();
  const known = await rehearsal.signed();
  const inBoth = await rehearsal.waiting();
  const databaseBack = await rehearsal.savedDatabase();
  const lost = await rehearsal.signed();
  await rehearsal.finish(inBoth);
  const released = await rehearsal.system.releasedFile(lost.id);
  const { ready } = await rehearsal.damaged(async () => {
    await databaseBack();
    await keyHolderBack();
  });
  await rehearsal.until('journal', /^down: .*the database is older than this signer remembers/);
  const said = await rehearsal.reconciled();
  expect(said).toMatch(/entries \d+–\d+ are lost/);
  expect(said).toMatch(/had \d+ records and has changed/);
  expect(said).toContain(`release without a row: ${released?.split('/').slice(-2).join('') ?? ''}`);
  await ready;
  expect(await rehearsal.report()).toMatchObject({ lost: expect.stringMatching(/^entries /) as unknown });
  await rehearsal.finish(inBoth);
  await rehearsal.submitAgain(lost);
  // The same signature under another timestamp: that one was lost with the database.
  expect(await rehearsal.system.releasedFile(lost.id)).not.toBe(released);
  expect(await rehearsal.system.releasedFile(known.id)).not.toBeNull();
  await rehearsal.accounted();
});

it('the database two hours back: the report names each signature that only the keyholder knows', async () => {
  const databaseBack = await rehearsal.savedDatabase();
  const lost = await rehearsal.signed();
  const { ready } = await rehearsal.damaged(databaseBack);
  await rehearsal.until('journal', /^down: .*the database is older than this signer remembers/);
  const said = await rehearsal.reconciled();
  expect(said).toMatch(
    new RegExp(`signature .*request ${lost.id}; the request is lost, too: submit it again`),
  );
  await ready;
  const kinds = (await rehearsal.system.journal(lost.id)).map(({ kind }) => kind);
  expect(kinds).toEqual(['signature.recovered']);
  await rehearsal.submitAgain(lost);
  await rehearsal.accounted();
});

it('the whole folder of the signer’s state, and the newest file of the release store', async () => {
  const request = await rehearsal.signed();
  const { ready } = await rehearsal.damaged(async () => {
    await rehearsal.loseReleased(request);
    await rehearsal.loseState();
  });
  await rehearsal.until('journal', /^down: .*missing: it was lost, or this signer is new on this database/);
  const said = await rehearsal.reconciled();
  expect(said).toMatch(new RegExp(`row without a file: [0-9a-f]{64}, request ${request.id}`));
  expect(said).toContain('the anchor isn’t there');
  await ready;
  expect(await rehearsal.report()).toMatchObject({ rowsWithoutFile: expect.any(Number) as unknown });
  await rehearsal.accounted();
});

// The last: a stop that was made before a loss and lifted after it is in force again after the next loss.
it('the whole folder of the signer’s state: a stop is in force again, and nothing is signed before', async () => {
  await rehearsal.signed();
  await stop('--reason', 'Before the loss.');
  await rehearsal.until('emergency-stop', /Before the loss/);
  const { ready } = await rehearsal.damaged(() => rehearsal.loseState());
  await rehearsal.until('journal', /^down: .*missing: it was lost, or this signer is new on this database/);
  const said = await rehearsal.reconciled();
  expect(said).toContain('the anchor isn’t there');
  await ready;
  await rehearsal.until('emergency-stop', /^degraded: .*Before the loss/);
  const held = await rehearsal.asked();
  await rehearsal.system.until(held.id, ({ summary }) => summary.includes('Before the loss'));
  await stop('--lift');
  await rehearsal.system.untilStatus(held.id, 'waiting-for-approval');
  await rehearsal.finish(held);
  await rehearsal.accounted();
});
