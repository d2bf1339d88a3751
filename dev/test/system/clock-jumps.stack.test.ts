/** The signer's host with another time than the others: nothing is signed, nothing is lost, and it goes on once the clock is right. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lacksTools } from '../lacks.ts';
import { patience } from '../patience.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const cpu = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const library = `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`;

describe.skipIf(lacksTools('faketime'))('a signer whose clock is wrong', () => {
  let system: FoundationUnderTest;
  let folder: string;
  /** Of the signer alone: PostgreSQL, the timestamp authority and its keyholder's token keep theirs. */
  const setClock = (offset: string): void => writeFileSync(join(folder, 'offset'), offset);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-clock-'));
    setClock('+0');
    system = await FoundationUnderTest.start();
    system.killSigner();
    await system.restartSigner({
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: join(folder, 'offset'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
  });
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true });
  });

  const clockReport = async (): Promise<{ state: string; detail: string } | undefined> => {
    const { rows } = await system.portal.query<{ state: string; detail: string }>(
      `SELECT state, detail FROM signer.signer_health WHERE component = 'clock'`,
    );
    return rows[0];
  };
  const signatures = async (id: string): Promise<number> =>
    (await system.keyHolderEntries(id)).filter(({ kind }) => kind === 'signed').length;

  /** Times are written that nobody can take back: of the journal, and of what is tried again. */
  const nothingIsAhead = async (): Promise<void> => {
    const { rows } = await system.portal.query<{ ahead: number }>(
      `SELECT (SELECT count(*)::int FROM signer.journal WHERE abs(extract(epoch FROM at - now())) > 1800)
            + (SELECT count(*)::int FROM signer.request_state WHERE retry_at > now() + interval '30 minutes') AS ahead`,
    );
    expect(rows[0]?.ahead).toBe(0);
  };

  it.each([
    ['+1d', 'ahead of the database’s'],
    ['-1d', 'behind the database’s'],
  ])(
    'by %s signs nothing of what people approved meanwhile, says why, and finishes it afterwards',
    async (offset, said) => {
      const artifact = await packageWith(`clock ${offset}`);
      const id = await system.ask({ artifact });
      await system.untilStatus(id, 'waiting-for-approval');
      setClock(offset);
      await system.approve(id, artifact);
      await vi.waitFor(
        async () =>
          expect(await clockReport()).toMatchObject({
            state: 'down',
            detail: expect.stringContaining(said) as unknown,
          }),
        patience,
      );
      const later = await system.ask({ artifact: await packageWith(`asked at ${offset}`) });
      // Sweeps have passed meanwhile: the report above is written after one, and each would take both.
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      expect(await signatures(id)).toBe(0);
      expect((await system.state(id))?.status).not.toBe('completed');
      expect(await system.state(later)).toBeNull();

      setClock('+0');
      await system.untilStatus(id, 'completed');
      await system.untilStatus(later, 'waiting-for-approval');
      expect(await signatures(id)).toBe(1);
      await vi.waitFor(async () => expect((await clockReport())?.state).toBe('ok'), patience);
      await nothingIsAhead();
      expect(await system.verifyJournal()).toMatchObject({ intact: true });
    },
  );

  it.each(['+1d', '-1d'])(
    'that jumps by %s while it signs, lets nothing out, writes no such time, and finishes it afterwards',
    async (offset) => {
      const artifact = await packageWith(`jump ${offset}`);
      const id = await system.ask({ artifact });
      await system.untilStatus(id, 'waiting-for-approval');
      process.kill(system.tsaPid, 'SIGSTOP');
      try {
        await system.approve(id, artifact);
        await vi.waitFor(async () => expect(await signatures(id)).toBe(1), patience);
        setClock(offset);
      } finally {
        process.kill(system.tsaPid, 'SIGCONT');
      }
      await vi.waitFor(async () => {
        const ended = (await system.journal(id)).filter(({ body }) => body['outcome'] === 'retry');
        expect(ended.length).toBeGreaterThan(0);
      }, patience);
      expect((await system.state(id))?.status).not.toBe('completed');
      await nothingIsAhead();
      setClock('+0');
      await system.untilStatus(id, 'completed');
      expect(await signatures(id)).toBe(1);
      await nothingIsAhead();
      expect(await system.verifyJournal()).toMatchObject({ intact: true });
    },
  );
});
