/** Failures of components: nothing is signed unseen, nothing is lost, and work continues automatically. */
import { randomUUID } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pinnedNode, projectDirectory, startClamd, startPostgres } from '../../stack/index.ts';
import { packageWith } from './demo-package.ts';
import { programArguments } from '../../../scripts/processes/program.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

describe('failures', () => {
  let system: FoundationUnderTest;
  beforeAll(async () => {
    system = await FoundationUnderTest.start();
  });
  afterAll(() => system.stop());

  /** A request that has its approval already; the signer walks it from end to end. */
  async function approvedRequest(mark: string): Promise<{ id: string; artifact: Uint8Array }> {
    const artifact = await packageWith(mark);
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    return { id, artifact };
  }

  const isRetry = (rule: string) => async (id: string) =>
    (await system.journal(id)).some(
      (entry) => entry.body['outcome'] === 'retry' && JSON.stringify(entry.body['findings']).includes(rule),
    );

  async function eventually(
    check: () => Promise<boolean>,
    what: string,
    timeoutSeconds = 200,
  ): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (Date.now() < deadline) {
      if (await check()) return;
      await sleep(10);
    }
    throw new RangeError(`not within ${timeoutSeconds} s: ${what}`);
  }

  /** The step that a cancelled request ended at. */
  async function endOf(id: string): Promise<unknown> {
    expect(await system.failedRules(id)).toEqual(['received.cancelled']);
    return (await system.journal(id)).findLast((entry) => entry.kind === 'request.denied')?.body['step'];
  }

  it('waits for clamd, says so in the trace, and continues when it is back', async () => {
    const { stack } = system.foundation;
    await stack.clamd.stop();
    const artifact = await packageWith('no clamd');
    const id = await system.ask({ artifact });
    await eventually(() => isRetry('scan.unavailable')(id), 'the scan is retried');
    expect((await system.state(id))?.status).toBe('checking');
    // What was found by then is there to be read.
    expect(await system.reportHead(id)).toMatchObject({ reached: 'inspection', passed: true });
    system.keep(await startClamd(stack.paths, { signatures: 'test' }));
    await system.untilStatus(id, 'waiting-for-approval');
    expect(await system.reportHead(id)).toMatchObject({ reached: 'scan', passed: true });
  });

  it('waits for the timestamp authority after the HSM signed, and doesn’t sign a second time', async () => {
    const { id, artifact } = await approvedRequest('no tsa');
    await system.stopTsa();
    await system.approve(id, artifact);
    await eventually(() => isRetry('signing.unavailable')(id), 'the timestamp is retried');
    expect(await system.releasedFile(id)).toBeNull();
    await system.restartTsa();
    await system.untilStatus(id, 'completed');
    const grants = (await system.journal(id))
      .filter((entry) => entry.kind === 'sign.intent')
      .map((entry) => entry.body['grantId']);
    expect(grants.length).toBeGreaterThan(1);
    expect(new Set(grants).size).toBe(1);
    expect((await system.keyHolderEntries(id)).filter((entry) => entry.kind === 'signed')).toHaveLength(1);
  });

  it('ends a request that waits for the timestamp authority as soon as an approver denies it', async () => {
    const { id, artifact } = await approvedRequest('no tsa, and a no');
    await system.stopTsa();
    await system.approve(id, artifact);
    await eventually(() => isRetry('signing.unavailable')(id), 'the timestamp is retried');
    await system.deny(id, artifact);
    await system.untilStatus(id, 'denied');
    expect(await system.failedRules(id)).toContain('approval.denied');
    await system.restartTsa();
    await sleep(2000);
    expect((await system.state(id))?.status).toBe('denied');
    expect(await system.releasedFile(id)).toBeNull();
  });

  it('releases nothing that an approver denied while it was being signed', async () => {
    const { id, artifact } = await approvedRequest('a no between signature and release');
    process.kill(system.tsaPid, 'SIGSTOP');
    try {
      await system.approve(id, artifact);
      const signed = async () => (await system.keyHolderEntries(id)).some((entry) => entry.kind === 'signed');
      await eventually(signed, 'the HSM has signed');
      await system.deny(id, artifact);
    } finally {
      process.kill(system.tsaPid, 'SIGCONT');
    }
    await system.untilStatus(id, 'denied', 'completed');
    expect(await system.failedRules(id)).toEqual(['approval.denied']);
    expect(await system.releasedFile(id)).toBeNull();
    const steps = (await system.journal(id)).map((entry) => entry.body['step']);
    expect(steps.at(-2)).toBe('release');
    expect(await system.verifyJournal()).toMatchObject({ intact: true });
  });

  it('signs nothing that was cancelled before, while people decided or in the last checks, and releases nothing that was while it was signed', async () => {
    const waiting = await approvedRequest('cancelled while people decide');
    await system.cancel(waiting.id);
    await system.untilStatus(waiting.id, 'denied');
    expect(await system.failedRules(waiting.id)).toEqual(['received.cancelled']);
    expect(await system.keyHolderEntries(waiting.id)).toEqual([]);

    const early = randomUUID();
    await system.cancel(early);
    await system.ask({
      artifact: await packageWith('cancelled before it was looked at'),
      row: { id: early },
    });
    await system.untilStatus(early, 'denied');
    expect(await endOf(early)).toBe('received');

    const late = await approvedRequest('cancelled while its scan takes long, after the last approval');
    const { pid } = z
      .object({ pid: z.number() })
      .parse(JSON.parse(await readFile(join(system.foundation.stack.paths.pids, 'clamd.json'), 'utf8')));
    process.kill(pid, 'SIGSTOP');
    try {
      await system.approve(late.id, late.artifact);
      await system.until(late.id, ({ step, pass }) => pass > 1 && step === 'scan');
      await system.cancel(late.id);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await system.untilStatus(late.id, 'denied', 'completed');
    expect(await endOf(late.id)).toBe('recheck');
    expect(await system.keyHolderEntries(late.id)).toEqual([]);

    const { id, artifact } = await approvedRequest('cancelled between signature and release');
    process.kill(system.tsaPid, 'SIGSTOP');
    try {
      await system.approve(id, artifact);
      const signed = async () => (await system.keyHolderEntries(id)).some((entry) => entry.kind === 'signed');
      await eventually(signed, 'the HSM has signed');
      await system.cancel(id);
    } finally {
      process.kill(system.tsaPid, 'SIGCONT');
    }
    await system.untilStatus(id, 'denied', 'completed');
    expect(await endOf(id)).toBe('release');
    expect(await system.releasedFile(id)).toBeNull();
  });

  it('waits for the HSM while its token is unavailable', async () => {
    const { softhsm } = system.foundation.stack.paths;
    const { id, artifact } = await approvedRequest('no hsm');
    const tokens = join(softhsm, 'tokens');
    await rename(tokens, `${tokens}-away`);
    try {
      system.killSigner();
      await expect(system.restartSigner()).rejects.toThrow(/token/i);
      await system.approve(id, artifact);
      await sleep(2000);
      expect(await system.releasedFile(id)).toBeNull();
    } finally {
      await rename(`${tokens}-away`, tokens);
    }
    await system.restartSigner();
    await system.untilStatus(id, 'completed');
  });

  it('decides nothing without PostgreSQL and continues when it is back', async () => {
    const { stack } = system.foundation;
    const { id, artifact } = await approvedRequest('no postgres');
    await system.approve(id, artifact);
    await stack.postgres.stop();
    await sleep(1500);
    system.keep(await startPostgres(stack.paths));
    await system.untilStatus(id, 'completed');
    expect(await system.verifyJournal()).toMatchObject({ intact: true });
  });

  it('stops within seconds on an emergency stop from its host, and continues with the same request once that is lifted', async () => {
    const stop = (...args: readonly string[]) =>
      promisify(execFile)(pinnedNode, [
        ...programArguments('emergency-stop'),
        ...['--config', system.foundation.signerConfig, '--project', 'esbuild-demo', ...args],
      ]);
    const { id, artifact } = await approvedRequest('stopped');
    expect((await stop('--reason', 'Malware is suspected.')).stdout).toContain('nothing is signed any more');
    await system.approve(id, artifact);
    await eventually(() => isRetry('Malware is suspected.')(id), 'the request waits for the stop');
    expect(await system.releasedFile(id)).toBeNull();
    expect((await system.keyHolderEntries(id)).filter((entry) => entry.kind === 'signed')).toEqual([]);
    const list = [...programArguments('emergency-stop'), '--config', system.foundation.signerConfig];
    const listed = await promisify(execFile)(pinnedNode, list, { cwd: projectDirectory });
    expect(listed.stdout).toMatch(/^esbuild-demo: since .*: Malware is suspected\.$/m);
    await stop('--lift');
    await system.untilStatus(id, 'completed');
    expect(await system.verifyJournal()).toMatchObject({ intact: true });
  });

  const stages: readonly (readonly [string, string | null])[] = [
    ['step.started', 'scan'],
    ['sign.intent', null],
    ['sign.done', null],
    ['step.started', 'verification'],
    ['step.started', 'release'],
  ];
  for (const [kind, step] of stages) {
    const stage = step ?? kind;
    it(`survives kill -9 at ${stage}: one signature, an unbroken journal, and the request ends well`, async () => {
      const { id, artifact } = await approvedRequest(`killed at ${stage}`);
      const { pass } = (await system.state(id)) ?? { pass: 0 };
      await system.approve(id, artifact);
      await eventually(async () => {
        const entries = await system.journal(id);
        return entries.some(
          (entry) =>
            Number(entry.body['pass']) > pass &&
            // Most steps start with the end of the one before.
            ((entry.kind === kind && (step === null || entry.body['step'] === step)) ||
              (step !== null && entry.body['next'] === step)),
        );
      }, `the journal tells of ${stage}`);
      system.killSigner();
      await system.restartSigner();
      await system.untilStatus(id, 'completed');
      expect((await system.keyHolderEntries(id)).filter((entry) => entry.kind === 'signed')).toHaveLength(1);
      expect((await system.journal(id)).filter((entry) => entry.kind === 'request.released')).toHaveLength(1);
      expect(await system.verifyJournal()).toMatchObject({ intact: true });
    });
  }
});
