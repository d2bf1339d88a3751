/** One of two signers is killed, or loses the request, at each point of a signature: the other finishes, and there is one signature. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { patience } from '../patience.ts';
import { signal, TwoSigners, type RequestUnderTest, type SignerUnderTest } from './two-signers.ts';

let both: TwoSigners;
beforeAll(async () => {
  both = await TwoSigners.start();
});
afterEach(() => both.locks.query('ROLLBACK'));
afterAll(() => both.stop());

/** Keyholders of both, paused: the next signature is claimed and its intent journalled, and nobody signs. */
async function withKeyHoldersPaused(work: (resume: () => void) => Promise<SignerUnderTest>) {
  const holders = [await both.keyHolderOf(both.one), await both.keyHolderOf(both.two)];
  for (const pid of holders) signal(pid, 'SIGSTOP');
  const resume = (): void => {
    for (const pid of holders) signal(pid, 'SIGCONT');
  };
  try {
    return await work(resume);
  } finally {
    resume();
  }
}

const intent = ({ id }: RequestUnderTest) =>
  vi.waitFor(async () => expect(await both.countOf(id, 'sign.intent')).toBe(1), patience);

/** → released once, by one signature whoever's keyholder made it; and the killed one comes back and changes nothing. */
async function finishedByTheOther({ id }: RequestUnderTest, killed: SignerUnderTest): Promise<void> {
  const { system } = both;
  await both.endLease(id);
  await system.untilStatus(id, 'completed');
  expect(await both.countOf(id, 'request.released')).toBe(1);
  const grants = [...(await both.signedBy(both.one, id)), ...(await both.signedBy(both.two, id))];
  expect(new Set(grants).size).toBe(1);
  expect(await both.signedBy(both.other(killed), id)).toHaveLength(1);
  const digests = (await system.journal(id))
    .filter(({ kind }) => kind === 'sign.done')
    .map(({ body }) => body['signatureSha256']);
  expect(new Set(digests).size).toBe(1);
  const { rows } = await both.owner.query(
    'SELECT signature_sha256, signature, signer_id IS NOT NULL AS held FROM signer.signature_claim WHERE request_id = $1',
    [id],
  );
  expect(rows).toEqual([{ signature_sha256: digests[0], signature: null, held: true }]);
  await both.startAgain(killed);
  const next = await both.waiting(`after ${id}`);
  await both.approve(next);
  await system.untilStatus(next.id, 'completed');
  expect(await both.countOf(id, 'request.released')).toBe(1);
  expect(await system.verifyJournal()).toMatchObject({ intact: true });
}

it('killed after the intent: the other one signs', async () => {
  const request = await both.waiting('killed after the intent');
  const killed = await withKeyHoldersPaused(async () => {
    await both.approve(request);
    await intent(request);
    const holder = await both.holderOf(request.id);
    both.kill(holder);
    return holder;
  });
  await finishedByTheOther(request, killed);
});

it('killed after its keyholder signed, before that was written down: the other one makes the same signature', async () => {
  const request = await both.waiting('killed before it was written down');
  const { owner, locks } = both;
  const killed = await withKeyHoldersPaused(async (resume) => {
    await both.approve(request);
    await intent(request);
    const holder = await both.holderOf(request.id);
    await locks.query('BEGIN');
    await locks.query('SELECT 1 FROM signer.signature_claim WHERE request_id = $1 FOR UPDATE', [request.id]);
    resume();
    await vi.waitFor(async () => expect(await both.signedBy(holder, request.id)).toHaveLength(1), patience);
    await both.killWaitingForLock(holder);
    await locks.query('ROLLBACK');
    return holder;
  });
  const { rows } = await owner.query('SELECT signed_at FROM signer.signature_claim WHERE request_id = $1', [
    request.id,
  ]);
  expect(rows).toEqual([{ signed_at: null }]);
  await finishedByTheOther(request, killed);
  expect(await both.signedBy(killed, request.id)).toHaveLength(1);
});

it('killed after the timestamp, before the release: the other one uses the same timestamp', async () => {
  const request = await both.waiting('killed after the timestamp');
  const { owner, locks } = both;
  await locks.query('BEGIN; LOCK TABLE signer.release IN EXCLUSIVE MODE');
  await both.approve(request);
  const holder = await both.holderOf(request.id);
  const stamps = async () =>
    (
      await owner.query<{ token: string }>(
        `SELECT encode(sha256(token), 'hex') AS token FROM signer.timestamp_token WHERE request_id = $1`,
        [request.id],
      )
    ).rows.map(({ token }) => token);
  await vi.waitFor(async () => expect(await stamps()).toHaveLength(1), patience);
  const before = await stamps();
  await both.killWaitingForLock(holder);
  await both.endLease(request.id);
  await vi.waitFor(
    async () => expect(await both.signedBy(both.other(holder), request.id)).toHaveLength(1),
    patience,
  );
  expect(await stamps()).toEqual(before);
  await locks.query('COMMIT');
  await finishedByTheOther(request, holder);
});

it('paused beyond its lease and then continued, a signer writes nothing more about the request', async () => {
  const { system } = both;
  const request = await both.waiting('paused beyond its lease');
  signal(system.tsaPid, 'SIGSTOP');
  let paused: SignerUnderTest;
  try {
    await both.approve(request);
    paused = await both.holderOf(request.id);
    await vi.waitFor(async () => expect(await both.signedBy(paused, request.id)).toHaveLength(1), patience);
    signal(paused.pid, 'SIGSTOP');
  } finally {
    signal(system.tsaPid, 'SIGCONT');
  }
  await both.endLease(request.id);
  await system.untilStatus(request.id, 'completed');
  // The step's end is written after the release that it made.
  await vi.waitFor(
    async () => expect((await system.journal(request.id)).at(-1)?.kind).toBe('step.finished'),
    patience,
  );
  const written = await system.journal(request.id);
  signal(paused.pid, 'SIGCONT');
  // It takes work again: what it still wanted to write about the other one was refused meanwhile.
  const next = await both.waiting('after the pause');
  await both.approve(next);
  await system.untilStatus(next.id, 'completed');
  await vi.waitFor(async () => {
    const { rows } = await both.owner.query(
      `SELECT 1 FROM signer.presence WHERE signer_id = $1 AND seen_at > now() - interval '10 seconds'`,
      [paused.id],
    );
    expect(rows).toHaveLength(1);
  }, patience);
  expect((await system.journal(request.id)).slice(written.length)).toEqual([]);
  expect(await system.journal(request.id)).toEqual(written);
  expect(await both.countOf(request.id, 'request.released')).toBe(1);
  expect(await system.verifyJournal()).toMatchObject({ intact: true });
});
