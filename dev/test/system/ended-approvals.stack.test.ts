/** Approvals that end before a running signer comes to them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start();
});
afterAll(() => system.stop());

const signatures = async (id: string): Promise<number> =>
  (await system.keyHolderEntries(id)).filter(({ kind }) => kind === 'signed').length;

it('an approval that ended before the signer came to it signs nothing; the request waits, says when it ended, and is signed once it is approved again', async () => {
  const artifact = await packageWith('approved for a moment');
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval');
  const expiresAt = new Date(Date.now() + 20_000);
  process.kill(system.signerPid, 'SIGSTOP');
  try {
    await system.approve(id, artifact, { expiresAt: expiresAt.toISOString() });
    await sleep(expiresAt.getTime() - Date.now() + 1000);
  } finally {
    process.kill(system.signerPid, 'SIGCONT');
  }
  await system.untilRead(id);
  const { summary } = await system.until(
    id,
    ({ status, pass }) => status === 'waiting-for-approval' && pass > 1,
  );
  expect(summary).toContain('Waiting for approval: 0 of 1');
  expect(JSON.stringify(await system.journal(id))).toContain(expiresAt.toISOString());
  expect(await signatures(id)).toBe(0);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  expect(await signatures(id)).toBe(1);
});
