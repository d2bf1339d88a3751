/** Two whole signers on one queue: what depends on both while both run. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { committerOf, coSign } from '../../foundation/index.ts';
import { commitFolder } from '../../git-host/index.ts';
import { runCommand } from '../../stack/index.ts';
import { patience } from '../patience.ts';
import { testFolder } from '../index.ts';
import { TwoSigners } from './two-signers.ts';

let both: TwoSigners;
beforeAll(async () => {
  both = await TwoSigners.start();
});
afterAll(() => both.stop());

it('two signers share the work: twenty requests are each signed once, by one of them, and both did some', async () => {
  const { system, one, two } = both;
  const requests = await Promise.all(Array.from({ length: 20 }, (_none, at) => both.waiting(`shared ${at}`)));
  const passes = new Map<string, number>();
  for (const { id } of requests) passes.set(id, (await system.state(id))?.pass ?? 0);
  await Promise.all(requests.map((request) => both.approve(request)));
  const made = { one: 0, two: 0 };
  for (const { id } of requests) {
    const { pass } = await system.untilStatus(id, 'completed');
    expect(await both.countOf(id, 'sign.done')).toBe(1);
    expect(await both.countOf(id, 'request.released')).toBe(1);
    const [byOne, byTwo] = [await both.signedBy(one, id), await both.signedBy(two, id)];
    expect([...byOne, ...byTwo]).toHaveLength(1);
    made.one += byOne.length;
    made.two += byTwo.length;
    // One pass until the approval, and one for it: none for nothing.
    expect([passes.get(id), pass]).toEqual([1, 2]);
  }
  expect(Math.min(made.one, made.two)).toBeGreaterThan(0);
  expect(await system.verifyJournal()).toMatchObject({ intact: true });
});

it('two signers report each for itself: health, policy, version and what is revoked', async () => {
  const { system, one, two } = both;
  const names = [one.id, two.id].toSorted();
  const each = async (query: string) => (await system.portal.query(query)).rows as readonly unknown[];
  await vi.waitFor(async () => {
    const policies = await each('SELECT signer_id, accepted FROM signer.policy_following ORDER BY 1');
    expect(policies).toEqual(
      names.map((signer_id) => ({ signer_id, accepted: system.foundation.policies.initialCommit })),
    );
    expect(
      await each(
        `SELECT signer_id, state FROM signer.signer_health WHERE component = 'keyholder' ORDER BY 1`,
      ),
    ).toEqual(names.map((signer_id) => ({ signer_id, state: 'ok' })));
    expect(
      await each(
        `SELECT signer_id, version IS NOT NULL AS told, revocations, behind FROM signer.presence ORDER BY 1`,
      ),
    ).toEqual(names.map((signer_id) => ({ signer_id, told: true, revocations: 0, behind: null })));
  }, patience);
});

it('a policy that is accepted meanwhile costs each waiting request one pass, and no approval under it is refused', async () => {
  const { system } = both;
  const { policies } = system.foundation;
  const requests = await Promise.all(Array.from({ length: 6 }, (_none, at) => both.waiting(`policy ${at}`)));
  const work = await testFolder('policy-change');
  await runCommand('sh', [
    '-c',
    `git --git-dir '${policies.repository}' archive main | tar -x -C '${work.folder}'`,
  ]);
  const file = `${work.folder}/projects/esbuild-demo/policies/release-signing.yaml`;
  await runCommand('sh', ['-c', `printf '# a remark\\n' >> '${file}'`]);
  const author = committerOf(policies, 'demo-approver');
  const commit = await commitFolder(policies.repository, work.folder, 'A remark', author);
  await coSign(policies, 'demo-maintainer', commit);
  await work.release();
  await system.untilAccepted(commit);
  // Whichever signer has it first: people are shown it from now on, and approve under it.
  await Promise.all(requests.map((request) => both.approve(request, commit)));
  for (const { id } of requests) {
    const { pass } = await system.untilStatus(id, 'completed');
    expect(await system.failedRules(id)).toEqual([]);
    expect(await both.countOf(id, 'sign.done')).toBe(1);
    // The first, and then one for the policy and one for the approval, or one for both.
    expect([2, 3]).toContain(pass);
  }
});

it('two signers both stop, whichever receives the stop, each confirms it, and both sign again once it is lifted', async () => {
  const { system, one, two } = both;
  expect(one.id).not.toBe('');
  for (const [told, reason] of [
    [one, 'Told at the first.'],
    [two, 'Told at the second.'],
  ] as const) {
    const request = await both.waiting(reason);
    const { id } = request;
    const said = await both.stopAt(told, '--reason', reason);
    for (const signer of [one, two]) expect(said).toContain(signer.id);
    const { rows } = await system.portal.query<{ signer_id: string }>(
      `SELECT signer_id FROM signer.presence WHERE stops::text LIKE '%' || $1 || '%' ORDER BY signer_id`,
      [reason],
    );
    expect(rows.map((row) => row.signer_id)).toEqual([one.id, two.id].sort());
    await both.approve(request);
    await vi.waitFor(async () => {
      expect(JSON.stringify(await system.journal(id))).toContain(reason);
    }, patience);
    expect([...(await both.signedBy(one, id)), ...(await both.signedBy(two, id))]).toEqual([]);
    await both.stopAt(told, '--lift');
    await system.untilStatus(id, 'completed');
    expect([...(await both.signedBy(one, id)), ...(await both.signedBy(two, id))]).toHaveLength(1);
  }
});
