/** One of two signers loses its keyholder's journal: it stands by, the other one works, and once reconciled both do. */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { programArguments } from '../../../scripts/processes/program.ts';
import { pinnedNode } from '../../stack/index.ts';
import { patience } from '../patience.ts';
import { madeBy } from './rehearsal.ts';
import { TwoSigners } from './two-signers.ts';

it('the other signer works meanwhile; what the lost journal knew is in the database, and nothing is signed twice', async () => {
  const both = await TwoSigners.start();
  try {
    const { system, two, one } = both;
    const finish = async (mark: string): Promise<string> => {
      const request = await both.waiting(mark);
      await both.approve(request);
      await system.untilStatus(request.id, 'completed');
      return request.id;
    };
    // The second signer's keyholder has signed, and so has something to forget.
    both.kill(one);
    const before = await finish('before the loss');
    const made = await madeBy(two.journal);
    expect(made.map(({ requestId }) => requestId)).toContain(before);
    await both.startAgain(one);

    both.kill(two);
    await rm(dirname(two.journal), { recursive: true });
    await mkdir(dirname(two.journal), { mode: 0o700 });
    const ready = both.startAgain(two);
    ready.catch(() => undefined);
    await vi.waitFor(async () => {
      const { rows } = await both.owner.query<{ said: string }>(
        `SELECT state || ': ' || detail AS said FROM signer.signer_health WHERE signer_id = $1 AND component = 'journal'`,
        [two.id],
      );
      expect(rows[0]?.said).toMatch(/^down: .*keyholder's journal/);
    }, patience);
    const meanwhile = await finish('while it stands by');
    expect(await both.signedBy(one, meanwhile)).toHaveLength(1);

    const reconcile = async (...args: readonly string[]): Promise<string> =>
      (
        await promisify(execFile)(pinnedNode, [
          ...programArguments('reconcile'),
          ...['--config', two.config, '--keyholder-journal', one.journal, ...args],
        ])
      ).stdout;
    const said = await reconcile();
    expect(said).toMatch(/keyholder's journal .* and has changed \(0 records\)/);
    expect(said).toMatch(/signatures of the database are in none of these keyholder journals/);
    await reconcile('--confirm', /Plan ([0-9a-f]{12})/.exec(said)?.[1] ?? '');
    await ready;
    both.kill(one);
    const after = await finish('after it was reconciled');
    expect(await both.signedBy(two, after)).toHaveLength(1);
    const all = [...made, ...(await madeBy(one.journal)), ...(await madeBy(two.journal))];
    for (const [slot, given] of Map.groupBy(all, (signature) => signature.slot))
      expect(new Set(given.map(({ sha256 }) => sha256)).size, slot).toBe(1);
    expect(await both.countOf(before, 'request.released')).toBe(1);
    expect(await system.verifyJournal()).toMatchObject({ intact: true });
  } finally {
    await both.stop();
  }
});
