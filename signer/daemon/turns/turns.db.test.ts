import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { behindLock, besideLock, mutexLock, patientDatabase } from '../../../dev/test/held-lock.ts';
import { testDatabase } from '../../../dev/test/index.ts';
import type { CommitSha, RequestId, Sha256Hex } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { holdLease, LeaseLost, openTurns, readBacklog, type Turn, type Turns } from './index.ts';
import { wake } from './find.ts';
import { takeTurn } from './take.ts';
import { endPass, markRead, PortalTables } from './portal-tables.fixture.ts';

const rule = { perProjectMax: 16, workSecondsMax: 1800, workHalfLifeSeconds: 1800 };

describe('turns', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let portal: PortalTables;
  let known: ReadonlySet<string>;
  let clock: () => Date;
  let turns: Turns;
  beforeEach(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    portal = await PortalTables.open(urls.portal);
    known = new Set(['alpha', 'beta', 'gamma']);
    clock = () => new Date();
    turns = open();
  });
  afterEach(async () => {
    await portal.close();
    await database.close();
    await urls.release();
  });

  const open = (change: Partial<Parameters<typeof openTurns>[0]> = {}): Turns =>
    openTurns({
      database,
      signer: 'one',
      rule,
      leaseSeconds: 60,
      projects: () => known,
      now: () => clock(),
      ...change,
    });
  const later = (seconds: number): void => {
    const at = new Date(Date.now() + seconds * 1000);
    clock = () => at;
  };
  const taken = async (from = turns): Promise<Turn> => {
    const turn = await from.take();
    if (turn === null) throw new RangeError('nothing to take');
    return turn;
  };
  /** Takes everything that is due, one after the other, each ended at once → whose they were. */
  const takeAll = async (): Promise<readonly string[]> => {
    const projects: string[] = [];
    for (let turn = await turns.take(); turn !== null; turn = await turns.take()) {
      projects.push(turn.project);
      await endPass(database, turn.requestId, { status: 'completed' });
      await turn.giveBack({ kind: 'ended' });
    }
    return projects;
  };
  /** Walks a request to where it waits for an approval. */
  const waiting = async (change: Parameters<typeof endPass>[2] = {}, at?: Date): Promise<RequestId> => {
    const id = await portal.request();
    await turns.findRequested([id]);
    const turn = await taken();
    expect(turn.requestId).toBe(id);
    await endPass(database, id, change, at);
    await turn.giveBack({ kind: 'ended' });
    return id;
  };
  const openRows = async () =>
    database.query('SELECT request_id, project, lease_owner FROM signer.open_request ORDER BY project');

  describe('between projects', () => {
    it('rotate: a request waits for one of each project, however many more those have', async () => {
      await portal.requests('alpha', 60);
      await turns.find();
      expect((await taken()).project).toBe('alpha');
      await portal.request('beta');
      await portal.request('gamma');
      await turns.find();
      expect([(await taken()).project, (await taken()).project].sort()).toEqual(['beta', 'gamma']);
      expect((await takeAll()).every((project) => project === 'alpha')).toBe(true);
    });

    it('rotate with one slot, too: a project that had a turn comes after those that had none, however early its requests came', async () => {
      await portal.requests('alpha', 3);
      await turns.find();
      const first = await taken();
      await endPass(database, first.requestId, { status: 'completed' });
      await first.giveBack({ kind: 'ended' });
      await portal.request('beta');
      await turns.find();
      expect(await takeAll()).toEqual(['beta', 'alpha', 'alpha']);
    });

    it('find new requests by themselves, before they assign a slot', async () => {
      await portal.requests('alpha', 3);
      await taken();
      await portal.request('beta');
      await new Promise((resolve) => setTimeout(resolve, 300)); // looks no more often than that
      expect((await taken()).project).toBe('beta');
    });

    it('are one turn for all project names that the policy doesn’t have, however many are invented', async () => {
      for (let index = 0; index < 30; index += 1) await portal.request(`invented-${index}`);
      await portal.requests('alpha', 3);
      await turns.find();
      const projects = await takeAll();
      expect(projects.slice(0, 6).filter((project) => project === 'alpha')).toHaveLength(3);
      expect(projects.filter((project) => project === '')).toHaveLength(30);
    });

    it('give a project no more slots than its maximum', async () => {
      turns = open({ rule: { ...rule, perProjectMax: 2 } });
      await portal.requests('alpha', 5);
      expect([await taken(), await taken(), await turns.take()].map((turn) => turn?.project ?? null)).toEqual(
        ['alpha', 'alpha', null],
      );
      await portal.request('beta');
      await turns.find();
      expect((await taken()).project).toBe('beta');
    });

    it('give a free slot to the project with the fewest, whichever had the last turn', async () => {
      await portal.requests('alpha', 4);
      await turns.find();
      await taken();
      await portal.requests('beta', 4);
      await turns.find();
      const beta = await taken();
      expect(beta.project).toBe('beta');
      await endPass(database, beta.requestId, { status: 'completed' });
      await beta.giveBack({ kind: 'ended' });
      expect((await taken()).project).toBe('beta'); // alpha has one at work, beta none
    });

    it('come last for a project that had much work lately, and only for a while', async () => {
      await portal.requests('alpha', 2);
      await portal.requests('beta', 2);
      await turns.find();
      await database.query(
        `INSERT INTO signer.project_turn (project, turn_at, work_seconds, work_at)
         VALUES ('alpha', now() - interval '1 day', 2000, now()), ('beta', now(), 100, now())`,
      );
      expect(await takeAll()).toEqual(['beta', 'beta', 'alpha', 'alpha']);
      await portal.requests('alpha', 1);
      await portal.requests('beta', 1);
      await database.query(
        `UPDATE signer.project_turn SET work_at = now() - interval '1 hour', work_seconds = 2000,
                turn_at = CASE project WHEN 'alpha' THEN now() - interval '1 day' ELSE now() END`,
      );
      await turns.find();
      expect(await takeAll()).toEqual(['alpha', 'beta']);
    });

    it('go on after the database’s clock was ahead: work that is yet to come counts as work of now', async () => {
      await portal.requests('alpha', 2);
      await turns.find();
      await database.query(
        `INSERT INTO signer.project_turn (project, turn_at, work_seconds, work_at)
         VALUES ('alpha', now() + interval '1 year', 100, now() + interval '1 year')`,
      );
      expect(await takeAll()).toEqual(['alpha', 'alpha']);
      const [row] = await database.query(
        'SELECT work_seconds, work_at <= now() AS now FROM signer.project_turn',
      );
      expect(row).toMatchObject({ now: true });
      expect((row as { work_seconds: number }).work_seconds).toBeLessThan(200);
    });

    it('charge a project for the time that its request held a slot', async () => {
      await portal.request('alpha');
      const turn = await taken();
      await new Promise((resolve) => setTimeout(resolve, 120));
      await turn.giveBack({ kind: 'interrupted', again: new Date() });
      const [row] = await database.query('SELECT work_seconds FROM signer.project_turn');
      expect((row as { work_seconds: number }).work_seconds).toBeGreaterThan(0.1);
    });

    it('follow a policy that adds or removes a project', async () => {
      await portal.request('delta');
      await portal.request('alpha');
      await turns.find();
      known = new Set(['delta']);
      await turns.find();
      await turns.find();
      expect(await openRows()).toMatchObject([{ project: '' }, { project: 'delta' }]);
    });

    it('take requests of a project in order of submission', async () => {
      const second = await portal.request('alpha', { submittedAt: new Date(Date.now() - 1000) });
      const first = await portal.request('alpha', { submittedAt: new Date(Date.now() - 5000) });
      expect([(await taken()).requestId, (await taken()).requestId]).toEqual([first, second]);
    });
  });

  describe('find', () => {
    it('rows with any time, once they have walked past them', async () => {
      const odd = [
        await portal.request('alpha', { submittedAt: '2001-01-01' }),
        await portal.request('alpha', { submittedAt: '2999-01-01' }),
        await portal.request('alpha', { submittedAt: 'infinity' }),
        await portal.request('alpha', { submittedAt: '-infinity' }),
      ];
      await turns.find();
      const found = [await taken(), await taken(), await taken(), await taken()].map(
        (turn) => turn.requestId,
      );
      expect(found.sort()).toEqual(odd.sort());
    });

    it('a request that is behind hundreds with times of the future', async () => {
      await portal.requests('beta', 600, { submittedAt: new Date(Date.now() + 1_800_000) });
      const id = await portal.request('alpha');
      await turns.find();
      expect((await taken()).project).not.toBe((await taken()).project);
      expect((await openRows()).some((row) => (row as { request_id: string }).request_id === id)).toBe(true);
    });

    it('what arrived, once: afterwards its arrival is gone, and looking costs nothing for it', async () => {
      await turns.find();
      const arrivals = () => portal.client.query('SELECT request_id FROM portal.arrival');
      const id = await portal.request('alpha', { submittedAt: '2001-01-01' });
      expect((await arrivals()).rows).toEqual([{ request_id: id }]);
      await turns.find();
      expect((await taken()).requestId).toBe(id);
      expect((await arrivals()).rows).toEqual([]);
      // One that nobody ever submitted is no work, and doesn't stay either.
      await portal.client.query('INSERT INTO portal.arrival (request_id) VALUES (gen_random_uuid())');
      await turns.find();
      expect((await arrivals()).rows).toEqual([]);
      expect(await turns.take()).toBeNull();
    });

    it('what arrived last, however much arrived before it and wasn’t looked at', async () => {
      await turns.find();
      await portal.requests('beta', 1000);
      const id = await portal.request('alpha');
      await turns.find();
      expect([(await taken()).requestId, (await taken()).requestId]).toContain(id);
    });

    it('a request whose arrival was lost', async () => {
      await portal.requests('beta', 120);
      await database.query('DELETE FROM portal.arrival');
      const found = async () => (await openRows()).length;
      for (let look = 0; look < 4; look += 1) await turns.find();
      expect(await found()).toBe(120);
    });

    it('arrivals that the portal can neither take away nor put elsewhere', async () => {
      await portal.request();
      for (const statement of [
        'DELETE FROM portal.arrival',
        'UPDATE portal.arrival SET seq = seq + 1000',
        'INSERT INTO portal.arrival (seq, request_id) VALUES (1, gen_random_uuid())',
        'TRUNCATE portal.arrival',
        'ALTER TABLE portal.signing_request DISABLE TRIGGER signing_request_arrives',
      ])
        await expect(portal.client.query(statement)).rejects.toMatchObject({ code: '42501' });
    });

    describe('after another policy was accepted', () => {
      const commits = ['a'.repeat(40), 'b'.repeat(40)] as const;
      const accept = (commit: string) =>
        database.query(
          `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
          [commit],
        );
      const digest = (digit: string) => digit.repeat(64) as Sha256Hex;
      const under = { policyCommit: commits[0] as CommitSha, policyDigest: digest('1') };
      const policy = (commit: string, digestNow: string | null) => {
        const one = { commit, decides: () => digestNow };
        return () => one;
      };

      it('nothing of what waits under one that decides the same, and doesn’t ask again', async () => {
        await accept(commits[0]);
        const id = await waiting(under);
        await markRead(database, id);
        await accept(commits[1]);
        turns = open({ policy: policy(commits[1], digest('1')) });
        await turns.find();
        await turns.find();
        expect(await turns.take()).toBeNull();
        expect(await database.query('SELECT policy_seen FROM signer.open_request')).toEqual([
          { policy_seen: commits[1] },
        ]);
        await turns.findRequested([id]);
        expect(await turns.take()).toBeNull();
      });

      it.each([
        ['what waits under one that decides otherwise', digest('2'), under],
        ['what may not be signed any more', null, under],
        ['what waits under nobody knows what', digest('1'), { ...under, policyDigest: null }],
      ])('%s', async (_, now, state) => {
        await accept(commits[0]);
        const id = await waiting(state);
        await markRead(database, id);
        await accept(commits[1]);
        turns = open({ policy: policy(commits[1], now) });
        await turns.find();
        expect((await taken()).requestId).toBe(id);
      });

      it('nothing by a signer that is behind another’s', async () => {
        await accept(commits[0]);
        const id = await waiting(under);
        await markRead(database, id);
        await accept('c'.repeat(40));
        turns = open({ policy: policy(commits[1], digest('2')) });
        await turns.find();
        expect(await turns.take()).toBeNull();
      });

      it('a few at a time of many, and all of them in the end', async () => {
        await accept(commits[0]);
        await portal.requests('alpha', 40);
        for (let turn = await turns.take(); turn !== null; turn = await turns.take()) {
          await endPass(database, turn.requestId, under);
          await markRead(database, turn.requestId);
          await turn.giveBack({ kind: 'ended' });
        }
        await accept(commits[1]);
        turns = open({ policy: policy(commits[1], digest('2')) });
        await turns.find();
        const due = async () =>
          (await database.query('SELECT 1 FROM signer.open_request WHERE NOT waiting')).length;
        expect(await due()).toBe(16);
        await turns.find();
        expect(await due()).toBe(16);
        const passed = new Set<string>();
        for (let turn = await turns.take(); turn !== null; turn = await turns.take()) {
          passed.add(turn.requestId);
          await endPass(database, turn.requestId, {
            policyCommit: commits[1] as CommitSha,
            policyDigest: digest('2'),
          });
          await turn.giveBack({ kind: 'ended' });
        }
        expect(passed.size).toBe(40);
        expect(await due()).toBe(0);
      });
    });

    it('nothing in rows with malformed ids, and go on past them', async () => {
      await portal.request('alpha', { id: '00000000-0000-0000-0000-000000000000' });
      const id = await portal.request();
      expect((await taken()).requestId).toBe(id);
      expect(await turns.take()).toBeNull();
    });

    it('what an earlier version or another database left open, and nothing that has ended', async () => {
      const [retried, done, kept] = [
        await portal.request(),
        await portal.request(),
        await portal.request('beta'),
      ];
      const retryAt = new Date(Date.now() + 60_000);
      await endPass(database, retried, { status: 'checking', retryAt });
      await endPass(database, done, { status: 'denied' });
      await endPass(database, kept);
      await turns.find();
      expect(await turns.take()).toBeNull();
      expect(await openRows()).toHaveLength(2);
      later(61);
      expect((await taken()).requestId).toBe(retried);
    });

    it('an approval that came while the request was at work', async () => {
      const id = await portal.request();
      const turn = await taken();
      await portal.handIn(id, { submittedAt: new Date(Date.now() - 60_000) }); // by a clock that is behind
      await endPass(database, id);
      await turn.giveBack({ kind: 'ended' });
      expect((await taken()).requestId).toBe(id);
    });

    it('a submission once, whatever its time', async () => {
      const id = await waiting();
      expect(await turns.take()).toBeNull();
      await portal.handIn(id, { submittedAt: new Date('2999-01-01') });
      await turns.findRequested([id]);
      const turn = await taken();
      await markRead(database, id);
      await endPass(database, id);
      await turn.giveBack({ kind: 'ended' });
      await turns.findRequested([id]);
      expect(await turns.take()).toBeNull();
    });

    it('what was submitted while a request waits for its next attempt: it may be a denial', async () => {
      const id = await waiting({ status: 'checking', retryAt: new Date(Date.now() + 60_000) });
      expect(await turns.take()).toBeNull();
      await portal.handIn(id);
      await turns.find();
      const turn = await taken();
      await markRead(database, id);
      await turn.giveBack({ kind: 'ended' });
      expect(await turns.take()).toBeNull();
    });

    it('a cancellation, whatever the request waits for, without a job', async () => {
      const people = await waiting();
      const time = await waiting({ status: 'checking', retryAt: new Date(Date.now() + 60_000) });
      for (const id of [people, time]) await portal.cancel(id);
      await turns.find();
      expect([(await taken()).requestId, (await taken()).requestId].sort()).toEqual([people, time].sort());
    });

    it('an approval without a job, by going past all waiting requests', async () => {
      const id = await waiting();
      await portal.handIn(id);
      await turns.find();
      expect((await taken()).requestId).toBe(id);
    });

    it('one submission more behind a flood of them, and one that came in late', async () => {
      const id = await waiting();
      await portal.handIn(id, { count: 3000 });
      await markRead(database, id);
      await turns.findRequested([id]);
      expect(await turns.take()).toBeNull();
      await portal.handIn(id);
      await turns.findRequested([id]);
      expect((await taken()).requestId).toBe(id);

      const late = await waiting();
      await portal.handIn(late, { count: 3 });
      await markRead(database, late, { rowsRead: 2 }); // up to the last, with one that wasn't there yet
      await turns.findRequested([late]);
      expect((await taken()).requestId).toBe(late);
    });

    it('that there is one more decision than was counted', async () => {
      const id = await waiting();
      await database.query(
        `INSERT INTO signer.approval_decision (request_id, key_fingerprint, statement_sha256, decision, statement,
           signature, expires_at, seen_at) VALUES ($1, 'k', 's', 'approve', '{}', '', now(), now())`,
        [id],
      );
      await turns.find();
      expect((await taken()).requestId).toBe(id);
    });

    it('a request that was checked many times only after a pause', async () => {
      const at = new Date();
      clock = () => at;
      const id = await waiting({ pass: 1005, decisionsCounted: -1 }, at);
      await turns.findRequested([id]);
      expect(await turns.take()).toBeNull();
      clock = () => new Date(at.getTime() + 299_000);
      expect(await turns.take()).toBeNull();
      clock = () => new Date(at.getTime() + 301_000);
      expect((await taken()).requestId).toBe(id);
    });

    it('a request whose last pass has a time that hasn’t been yet: a clock was wrong then, and nobody waits for it', async () => {
      const at = new Date(Date.now() + 365 * 24 * 3_600_000);
      const id = await waiting({ decisionsCounted: -1 }, at);
      await turns.findRequested([id]);
      expect((await taken()).requestId).toBe(id);
    });

    it('nothing to do before the time of the next attempt, however often they are asked', async () => {
      const retryAt = new Date(Date.now() + 60_000);
      const id = await waiting({ status: 'checking', retryAt, retries: 7 });
      await turns.findRequested([id]);
      await turns.find();
      expect(await turns.take()).toBeNull();
      later(61);
      expect((await taken()).requestId).toBe(id);
    });
  });

  describe('as leases', () => {
    it('are one signer’s at a time', async () => {
      await portal.request();
      const other = open({ signer: 'two' });
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 ? turns : other).take()),
      );
      expect(all.filter((turn) => turn !== null)).toHaveLength(1);
    });

    it('are chosen by one signer at a time, which sees what the previous one has taken', async () => {
      const id = await portal.request();
      await turns.findRequested([id]);
      const take = () =>
        takeTurn(patientDatabase(database), { now: clock(), owner: 'two', rule, leaseSeconds: 60 });
      const meanwhile = (holder: pg.Client) =>
        holder.query(
          `UPDATE signer.open_request SET lease_owner = 'one', lease_until = clock_timestamp() + interval '60 s'
            WHERE request_id = $1`,
          [id],
        );
      const [second] = await behindLock(urls.owner, { ...mutexLock('turns'), meanwhile }, take);
      expect(second).toEqual({ status: 'fulfilled', value: null });
    });

    it('don’t wait for a row that another signer has locked: it is read the next time', async () => {
      const [held, free] = [await waiting(), await waiting()];
      await portal.handIn(held);
      await portal.handIn(free);
      const lock = {
        lock: 'SELECT 1 FROM signer.open_request WHERE request_id = $1 FOR UPDATE',
        values: [held],
      };
      const wakeBoth = () => wake(database, { ids: [held, free] }, clock());
      expect(await besideLock(urls.owner, lock, wakeBoth)).toMatchObject({ changed: 1 });
      expect(await wakeBoth()).toMatchObject({ changed: 1 });
    });

    it('keep a signer that lost one from writing anything', async () => {
      await portal.request();
      const [first, other] = [await taken(), open({ signer: 'two' })];
      await database.query(`UPDATE signer.open_request SET lease_until = now() - interval '1 second'`);
      const second = await taken(other);
      expect(second.requestId).toBe(first.requestId);
      const hold = ({ lease }: Turn) => database.transaction((transaction) => holdLease(transaction, lease));
      await expect(hold(first)).rejects.toBeInstanceOf(LeaseLost);
      await expect(hold(second)).resolves.toBeUndefined();
      await endPass(database, first.requestId, { status: 'completed' });
      await first.giveBack({ kind: 'ended' });
      expect(await openRows()).toMatchObject([{ lease_owner: expect.stringContaining('two/') as string }]);
    });

    it('keep a signer that lost one from writing even if the same process has the request again, and from renewing it', async () => {
      await portal.request();
      const first = await taken();
      await database.query(`UPDATE signer.open_request SET lease_until = now() - interval '1 second'`);
      const second = await taken();
      expect(second.requestId).toBe(first.requestId);
      const hold = ({ lease }: Turn) => database.transaction((transaction) => holdLease(transaction, lease));
      await expect(hold(first)).rejects.toBeInstanceOf(LeaseLost);
      const until = async () =>
        (await database.query('SELECT lease_until::text AS until FROM signer.open_request'))[0];
      const before = await until();
      await turns.renew([first.lease]);
      expect(await until()).toEqual(before);
      await first.giveBack({ kind: 'ended' });
      await expect(hold(second)).resolves.toBeUndefined();
    });

    it('expire unless they are renewed, and are at once free for the same signer after a restart', async () => {
      await portal.request();
      const turn = await taken();
      expect(await open({ signer: 'two' }).take()).toBeNull();
      await database.query(`UPDATE signer.open_request SET lease_until = now() + interval '1 second'`);
      await turns.renew([turn.lease]);
      const [row] = await database.query(
        `SELECT lease_until > now() + interval '30 seconds' AS renewed FROM signer.open_request`,
      );
      expect(row).toEqual({ renewed: true });
      const again = open();
      await again.find();
      expect((await taken(again)).requestId).toBe(turn.requestId);
    });

    it('expire, too, where the database’s clock was ahead as they were given', async () => {
      await portal.request();
      const turn = await taken();
      await database.query(`UPDATE signer.open_request SET lease_until = now() + interval '1 year'`);
      expect((await taken(open({ signer: 'two' }))).requestId).toBe(turn.requestId);
    });

    it('come back with the time of the next attempt if nothing could be recorded', async () => {
      await portal.request();
      const turn = await taken();
      await turn.giveBack({ kind: 'interrupted', again: new Date(Date.now() + 5000) });
      expect(await turns.take()).toBeNull();
      later(6);
      expect((await taken()).requestId).toBe(turn.requestId);
    });

    it('end with the request: of one that ended, or never existed, no row is left', async () => {
      await portal.requests('alpha', 2);
      for (const kind of ['ended', 'gone'] as const) {
        const turn = await taken();
        if (kind === 'ended') await endPass(database, turn.requestId, { status: 'denied' });
        await turn.giveBack({ kind });
      }
      expect(await openRows()).toEqual([]);
    });
  });

  it('report what there is to do, by step', async () => {
    await waiting();
    await portal.requests('alpha', 3);
    await turns.find();
    await taken();
    const { groups, dueSince } = await readBacklog(database, new Date());
    expect(groups).toMatchObject([
      { step: 'approval', state: 'waiting', count: 1 },
      { step: 'received', state: 'at-work', count: 1 },
      { step: 'received', state: 'due', count: 2 },
    ]);
    expect(dueSince).not.toBeNull();
    expect(Math.abs((dueSince?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('ignore requests that don’t exist in the portal’s table', async () => {
    await turns.findRequested([randomUUID() as RequestId]);
    expect(await turns.take()).toBeNull();
  });
});
