import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { fail, pass } from '#core/wire/finding/index.ts';
import { requestDenied } from '#core/wire/journal/index.ts';
import { Unavailable, type Component } from '../../ground/availability/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { entriesOf, verifyJournal } from '../../ground/journal/index.ts';
import { readState } from '../requests/index.ts';
import { leased } from '../turns/lease.fixture.ts';
import { openTurns, type Turn, type Turns } from '../turns/index.ts';
import { measureScanner, measureTimestamps, openMeasures, withCalls } from '../measures/index.ts';
import type { Scanner } from '../scan/index.ts';
import { Run } from './index.ts';

const retry = { attemptsMax: 500, delaySeconds: 5, delaySecondsMax: 600 };

describe('a run in which a service is down', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });

  /** One pass after so many that ended the same way → how it ended. */
  async function meets(
    component: Component,
    attempt: number,
    id: RequestId,
    until: Date | null = null,
  ): Promise<unknown> {
    const run = new Run({
      database,
      lease: await leased(database, id),
      pass: attempt + 1,
      attempt,
      retry,
      now: () => new Date(),
    });
    return run
      .step('scan', 'checking', () =>
        Promise.reject(new Unavailable(component, 'it is down', 'start it', undefined, until)),
      )
      .catch((error: unknown) => error);
  }

  const newId = (): RequestId => parseRequestId(randomUUID());

  it('writes other times than it judges by, where a clock is wrong', async () => {
    const id = newId();
    const [written, judged] = [new Date(), new Date(Date.now() + 365 * 24 * 3_600_000)];
    const lease = await leased(database, id);
    const times = { now: () => judged, written: () => written };
    const run = new Run({ database, lease, pass: 1, attempt: 0, retry, ...times });
    const down = new Unavailable('clock', 'it is wrong', 'mend it');
    await run.step('scan', 'checking', () => Promise.reject(down)).catch(() => undefined);
    const rows = await database.query(
      `SELECT extract(epoch FROM greatest(updated_at, retry_at) - now()) < 3600 AS soon FROM signer.request_state WHERE request_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ soon: true }]);
    for (const { at } of await entriesOf(database, id)) expect(at.getTime()).toBeLessThan(Date.now() + 1000);
  });

  it('says of each step whom it asked, how often and how long, also where it is tried again', async () => {
    const id = newId();
    const measures = openMeasures();
    const answers = [() => Promise.resolve({}), () => Promise.reject(new Error('gone'))];
    const asked = { scan: () => answers.shift()?.() } as unknown as Scanner;
    const scanner = measureScanner(asked, measures);
    const run = new Run({
      database,
      lease: await leased(database, id),
      pass: 1,
      attempt: 0,
      retry,
      now: () => new Date(),
    });
    const scan = async () => {
      await scanner.scan({} as never);
      await scanner.scan({} as never).catch(() => undefined);
      return { ok: true as const, value: null, findings: [] };
    };
    await withCalls(run.calls, async () => {
      await run.step('scan', 'checking', scan);
      await run.step('approval', 'checking', () => Promise.resolve({ ok: true, value: null, findings: [] }));
      const stamp = () => {
        measureTimestamps(measures)('https://tsa.example', 'failed', 0);
        return Promise.reject(new Unavailable('timestamp', 'it is down', 'start it'));
      };
      await run.step('signing', 'signing', stamp).catch(() => undefined);
    });
    // Nobody's pass: counted in the metrics alone.
    measureTimestamps(measures)('https://tsa.example', 'ok', 0);
    const ended = (await entriesOf(database, id)).filter(({ kind }) => kind === 'step.finished');
    const calls = ended.map(({ body }) => (JSON.parse(body) as { readonly calls?: unknown }).calls);
    const whole = expect.any(Number) as number;
    expect(calls).toEqual([
      [{ to: 'scanner', count: 2, failed: 1, fromMs: whole, toMs: whole, busyMs: whole }],
      undefined,
      [{ to: 'timestamp', count: 1, failed: 1, fromMs: whole, toMs: whole, busyMs: whole }],
    ]);
  });

  it('counts attempts across restarts, and tries again', async () => {
    const id = newId();
    expect(await meets('scanner', 41, id)).toMatchObject({ code: 'RETRY' });
    expect(await readState(database, id)).toEqual({ status: 'checking', pass: 42, retries: 42 });
    // The portal finds the first of the tries in a row by how its entry begins.
    const bodies = (await entriesOf(database, id)).map((journalEntry) => journalEntry.body);
    expect(bodies.some((body) => body.startsWith('{"attempt":42,'))).toBe(true);
  });

  it('gives up only after the last attempt, and says what to do then', async () => {
    const id = newId();
    expect(await meets('scanner', 498, id)).toMatchObject({ code: 'RETRY' });
    expect(await meets('scanner', 499, id)).toMatchObject({
      code: 'FAILED',
      summary: expect.stringMatching(/after 500 attempts.*submit again/) as string,
    });
    expect(await readState(database, id)).toMatchObject({ status: 'failed' });
  });

  it('waits until the time that what is missing names itself, which is no attempt', async () => {
    const id = newId();
    const until = new Date(Date.now() + 1_800_000);
    expect(await meets('host', 499, id, until)).toMatchObject({ code: 'RETRY' });
    expect(await readState(database, id)).toEqual({ status: 'checking', pass: 500, retries: 499 });
    const bodies = (await entriesOf(database, id)).map((journalEntry) => journalEntry.body);
    expect(bodies.some((body) => body.includes(`"retryAt":"${until.toISOString()}"`))).toBe(true);
  });

  it('gives an artifact that always stops the inspector only a few attempts', async () => {
    expect(await meets('inspector', 8, newId())).toMatchObject({ code: 'RETRY' });
    expect(await meets('inspector', 9, newId())).toMatchObject({ code: 'FAILED' });
  });
});

describe('a run in which a step refuses', () => {
  it('journals why, also where a text from a file, or the sentence cut from it, ends within a character', async () => {
    const urls = await testDatabase();
    const database = openDatabase(urls.signer, () => undefined);
    try {
      const id = parseRequestId(randomUUID());
      const lease = await leased(database, id);
      const run = new Run({ database, lease, pass: 1, attempt: 0, retry, now: () => new Date() });
      const rule = 'inspection.metadata';
      const refusal = fail({ rule, message: 'x'.repeat(999) + '😀', found: 'half of \ud83d', fix: 'None.' });
      const refused = { ok: false as const, findings: [refusal] };
      const ended = await run
        .step('inspection', 'checking', () => Promise.resolve(refused))
        .catch((error: unknown) => error);
      expect(ended).toMatchObject({ code: 'DENIED', summary: `${'x'.repeat(999)}\ufffd` });
      expect(await readState(database, id)).toMatchObject({ status: 'denied' });
      const bodies = (await entriesOf(database, id)).map(({ body }) => body);
      expect(bodies.some((body) => body.includes('"found":"half of \ufffd"'))).toBe(true);
    } finally {
      await database.close();
      await urls.release();
    }
  });
});

describe('a run whose next step follows at once', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });

  const runOf = async (requestId: RequestId, on: Database = database, number = 1): Promise<Run> => {
    const lease = await leased(database, requestId);
    return new Run({ database: on, lease, pass: number, attempt: 0, retry, now: () => new Date() });
  };
  const steps = async (id: RequestId): Promise<readonly string[]> =>
    (await entriesOf(database, id)).map(
      ({ kind, body }) => `${kind} ${(JSON.parse(body) as { readonly step: string }).step}`,
    );
  const passes = () => Promise.resolve({ ok: true as const, value: 1, findings: [] });

  it('journals the end of the one and the start of the other together, each once and in order', async () => {
    const id = parseRequestId(randomUUID());
    let statements = 0;
    const query: Database['query'] = (...asked) => {
      statements += 1;
      return database.query(...asked);
    };
    const transaction: Database['transaction'] = () => Promise.reject(new Error('takes several statements'));
    const counting = { ...database, query, transaction };
    // What is at the end of the journal is learned from the first one.
    await (await runOf(parseRequestId(randomUUID()), counting)).step('scan', 'checking', passes);
    statements = 0;
    const run = await runOf(id, counting);
    await run.step('approval', 'checking', passes, 'goes-on');
    expect([run.at, statements]).toEqual(['recheck', 2]);
    expect(await readState(database, id)).toMatchObject({ status: 'signing' });
    await run.step('recheck', 'signing', passes);
    expect(await steps(id)).toEqual([
      'step.started approval',
      'step.finished approval',
      'step.finished recheck',
    ]);
    expect(statements).toBe(3);
  });

  it('writes in a transaction where other signers are faster each time', async () => {
    const id = parseRequestId(randomUUID());
    const query: Database['query'] = async (text, values) => {
      await runOf(parseRequestId(randomUUID())).then((other) => other.deny('scan', 'x'));
      return database.query(text, values);
    };
    await (await runOf(id, { ...database, query })).step('scan', 'checking', passes, 'goes-on');
    expect(await steps(id)).toEqual(['step.started scan', 'step.finished scan']);
    expect(await readState(database, id)).toMatchObject({ status: 'checking' });
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('journals what is held back together with the start of a step, before it', async () => {
    const id = parseRequestId(randomUUID());
    const run = await runOf(id);
    run.hold(requestDenied({ pass: 1, step: 'received', summary: 'x' }));
    expect(await steps(id)).toEqual([]);
    await run.step('received', 'checking', passes);
    expect(await steps(id)).toEqual([
      'request.denied received',
      'step.started received',
      'step.finished received',
    ]);
  });

  it('says where an earlier pass found the same, and repeats what is other, was another step, or found nothing before', async () => {
    const id = parseRequestId(randomUUID());
    const finding = (found: string) =>
      pass({ rule: 'scan.file', message: 'Clean.', found, path: ['a.zip', 'a.exe'] });
    const scans = (found: string) => () =>
      Promise.resolve({ ok: true as const, value: 1, findings: [finding(found)] });
    const waits = () =>
      Promise.resolve({ ok: 'waiting' as const, findings: [finding('nobody')], summary: 'Waits.' });
    const ends = async () => (await entriesOf(database, id)).filter(({ kind }) => kind === 'step.finished');
    const first = await runOf(id);
    await first.step('scan', 'checking', scans('one'), 'goes-on');
    await expect(first.step('approval', 'checking', waits)).rejects.toThrow('Waits.');
    const [scanned, waited] = await ends();
    for (const number of [2, 3]) {
      const again = await runOf(id, database, number);
      await again.step('scan', 'checking', scans('one'), 'goes-on');
      await again.step('approval', 'checking', scans('one'));
      await expect(again.step('approval', 'checking', waits)).rejects.toThrow('Waits.');
    }
    const other = await runOf(id, database, 4);
    await other.step('scan', 'checking', scans('two'));
    const bodies = (await ends()).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const repeats = bodies.map(({ same }) => (same as { readonly entry: string } | undefined)?.entry ?? null);
    const [one, two] = [scanned?.seq.toString(), waited?.seq.toString()];
    const approved = (await ends())[3]?.seq.toString();
    expect(repeats).toEqual([null, null, one, null, two, one, approved, two, null]);
    expect(bodies[2]).toMatchObject({ pass: 2, step: 'scan', outcome: 'pass', next: 'approval', version: 2 });
    expect(bodies[2]).not.toHaveProperty('findings');
    expect(bodies[8]).toMatchObject({ findings: [{ rule: 'scan.file', found: 'two' }] });
    expect(bodies[8]).not.toHaveProperty('version');
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('starts a step again that isn’t the one it went on to', async () => {
    const id = parseRequestId(randomUUID());
    const run = await runOf(id);
    await run.step('scan', 'checking', passes, 'goes-on');
    await run.step('scan', 'checking', passes);
    await run.step('approval', 'checking', passes);
    expect(await steps(id)).toEqual([
      'step.started scan',
      'step.finished scan',
      'step.started scan',
      'step.finished scan',
      'step.started approval',
      'step.finished approval',
    ]);
  });

  it('gives signing an entry for its start, whatever it goes on from', async () => {
    const id = parseRequestId(randomUUID());
    const run = await runOf(id);
    await run.step('recheck', 'signing', passes, 'goes-on');
    expect(await steps(id)).toEqual([
      'step.started recheck',
      'step.finished recheck',
      'step.started signing',
    ]);
  });
});

describe('a run of a signer that lost its lease', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });

  const turnsOf = (signer: string): Turns =>
    openTurns({
      database,
      signer,
      leaseSeconds: 60,
      projects: () => null,
      now: () => new Date(),
      rule: { perProjectMax: 9, workSecondsMax: 1800, workHalfLifeSeconds: 1800 },
    });

  /** A request that the signer “first” has just taken, and a run of it there. */
  async function taken(): Promise<{ readonly turn: Turn; readonly run: Run }> {
    const id = parseRequestId(randomUUID());
    await database.query(
      `INSERT INTO signer.open_request (request_id, claimed_project, project, seen_at, waiting, due_at)
       VALUES ($1, 'widget', '', now(), false, now() - interval '1 minute')`,
      [id],
    );
    const turn = await turnsOf('first').take();
    if (turn?.requestId !== id) throw new Error('another request was due');
    const { lease } = turn;
    const run = new Run({ database, lease, pass: 1, attempt: 0, retry, now: () => new Date() });
    return { turn, run };
  }

  /** The lease ran out, as of a signer that hung, and “second” took the request. */
  async function loses({ turn }: { readonly turn: Turn }): Promise<void> {
    await database.query(
      `UPDATE signer.open_request SET lease_until = clock_timestamp() - interval '1 second' WHERE request_id = $1`,
      [turn.requestId],
    );
    expect(await turnsOf('second').take()).toMatchObject({ requestId: turn.requestId });
  }

  const written = async ({ requestId }: Run): Promise<unknown[]> => {
    const rows = await database.query('SELECT kind FROM signer.journal WHERE request_id = $1 ORDER BY seq', [
      requestId,
    ]);
    return rows.map((row) => (row as { readonly kind: unknown }).kind);
  };
  const passes = () => Promise.resolve({ ok: true as const, value: 1, findings: [] });

  it('starts no step and writes nothing', async () => {
    const held = await taken();
    await loses(held);
    let worked = false;
    const step = held.run.step('scan', 'checking', () => {
      worked = true;
      return passes();
    });
    await expect(step).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect([worked, await written(held.run), await readState(database, held.run.requestId)]).toEqual([
      false,
      [],
      null,
    ]);
  });

  it('writes no outcome of the step in progress', async () => {
    const held = await taken();
    const step = held.run.step('scan', 'checking', async () => {
      await loses(held);
      return passes();
    });
    await expect(step).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await written(held.run)).toEqual(['step.started']);
  });

  it.each([
    ['deny', (run: Run) => run.deny('scan', 'x')],
    ['fail', (run: Run) => run.failed('scan', 'x')],
    [
      'release',
      (run: Run) =>
        run.recordWith(requestDenied({ pass: 1, step: 'scan', summary: 'x' }), (transaction, at) =>
          run.save(transaction, at, { status: 'completed', step: 'release', summary: 'x' }),
        ),
    ],
    [
      'leave a report of',
      (run: Run) =>
        run.write((transaction, at) =>
          run.save(transaction, at, { status: 'checking', step: 'scan', summary: 'x' }),
        ),
    ],
  ] as const)('can’t %s the request either', async (_what, write) => {
    const held = await taken();
    await loses(held);
    await expect(write(held.run)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect([await written(held.run), await readState(database, held.run.requestId)]).toEqual([[], null]);
  });
});
