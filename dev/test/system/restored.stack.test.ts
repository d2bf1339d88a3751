/** A database restored from a backup under a running signer: it signs nothing until an operator has reconciled. */
import { execFile } from 'node:child_process';
import { realpath, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { pinnedNode, startPostgres } from '../../stack/index.ts';
import { packageWith } from './demo-package.ts';
import { programArguments } from '../../../scripts/processes/program.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';
import { patience } from '../patience.ts';

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start();
});
afterAll(() => system.stop());

const run = promisify(execFile);

async function reconcile(...args: readonly string[]): Promise<string> {
  return (
    await run(pinnedNode, [
      ...programArguments('reconcile'),
      '--config',
      system.foundation.signerConfig,
      ...args,
    ])
  ).stdout;
}

async function health(component: string): Promise<string> {
  const { rows } = await system.portal.query<{ state: string; detail: string }>(
    'SELECT state, detail FROM signer.signer_health WHERE component = $1',
    [component],
  );
  return `${rows[0]?.state}: ${rows[0]?.detail}`;
}

it('stops, names what the HSM signed meanwhile, and continues once that was confirmed; one grant is one signature', async () => {
  const { stack } = system.foundation;
  const data = await realpath(stack.paths.postgres);
  await stack.postgres.stop();
  await run('cp', ['-a', data, `${data}-backup`]);
  const running = await startPostgres(stack.paths);

  const artifact = await packageWith('signed after the backup');
  const lost = await system.ask({ artifact });
  await system.untilStatus(lost, 'waiting-for-approval');
  await system.approve(lost, artifact);
  await system.untilStatus(lost, 'completed');
  const { rows } = await system.portal.query<Record<string, unknown>>(
    'SELECT * FROM portal.signing_request WHERE id = $1',
    [lost],
  );

  await running.stop();
  await rm(data, { recursive: true });
  await run('cp', ['-a', `${data}-backup`, data]);
  system.keep(await startPostgres(stack.paths));

  // Asked of a signer that never stopped running, with the very request that the backup has lost.
  const row = rows[0] ?? {};
  const names = Object.keys(row);
  const again = () =>
    system.portal.query(
      `INSERT INTO portal.signing_request (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
  await vi.waitFor(again, patience);
  await vi.waitFor(async () => {
    expect(await health('signer')).toMatch(/^down: .*older than this signer remembers.*npm run reconcile/);
    expect(await health('journal')).toMatch(/^down: /);
  }, patience);
  expect(await system.journal(lost)).toEqual([]);
  expect(await system.state(lost)).toBeNull();

  const said = await reconcile();
  expect(said).toMatch(new RegExp(`signature .*request ${lost}; the request is processed again`));
  expect(said).toMatch(/release without a row: [0-9a-f]{64}/);
  const plan = /Plan ([0-9a-f]{12})/.exec(said)?.[1] ?? '';
  expect(await reconcile('--confirm', plan)).toContain('says what was lost');

  await system.untilStatus(lost, 'waiting-for-approval');
  await system.approve(lost, artifact);
  await system.untilStatus(lost, 'completed');
  const kinds = (await system.journal(lost)).map((entry) => entry.kind);
  expect(kinds).toContain('signature.recovered');
  expect(kinds).toContain('request.released');
  expect((await system.keyHolderEntries(lost)).filter((entry) => entry.kind === 'signed')).toHaveLength(1);
  expect(await system.verifyJournal()).toMatchObject({ intact: true });
  await vi.waitFor(async () => expect(await health('signer')).toMatch(/^ok: /), patience);
});
