import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { testDatabase, testFolder } from '../../../dev/test/index.ts';
import { patience } from '../../../dev/test/patience.ts';
import { stopNamespace, stopStatement, type StopStatement } from '#core/approval/index.ts';
import { person } from '#core/approval/approval.fixture.ts';
import { emergencyStop } from '#core/wire/journal/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { base } from '#core/policy/plan/snapshots.fixture.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { readConfig, type SignerConfig } from '../../ground/config/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { append } from '../../ground/journal/index.ts';
import { openStops } from '../../daemon/open-stops.ts';
import { factsOf, readPresences, readStops, stopFileOf } from './index.ts';

const head = person('policy-maintainer');
const people = new Map(base.people);
const [first] = people.values();
if (first === undefined) throw new Error('the seed has nobody');
const approvalKeys = head.approver.keys.map((publicKey) => ({ type: 'ssh' as const, publicKey }));
people.set(head.approver.handle, { ...first, value: { ...first.value, approvalKeys } });
const trustRoot = structuredClone(base.trustRoot.value);
trustRoot.policyMaintainers.members = [head.approver.handle];
const snapshot: PolicySnapshot = { ...base, people, trustRoot: { ...base.trustRoot, value: trustRoot } };
const project = parseProjectSlug('esbuild-demo');

interface TestSigner {
  readonly config: SignerConfig;
  readonly configFile: string;
  readonly running: Awaited<ReturnType<typeof openStops>>;
  policy: PolicySnapshot | null;
  /** As a signer that is killed: it says nothing more. */
  readonly kill: () => Promise<void>;
}

let urls: Awaited<ReturnType<typeof testDatabase>>;
let work: Awaited<ReturnType<typeof testFolder>>;
let database: Database;
let portal: pg.Client;
let [one, two] = [] as unknown as [TestSigner, TestSigner];
let alive: Set<TestSigner>;

async function start(signerId: string): Promise<TestSigner> {
  const folder = join(work.folder, signerId);
  const configFile = `${folder}.yaml`;
  writeFileSync(
    configFile,
    stringify({
      databaseUrl: urls.signer,
      workDirectory: `${folder}/work`,
      signerId,
      sweepSeconds: 0.05,
      policyRepository: {
        url: 'none',
        ref: 'refs/heads/main',
        initialCommit: 'c'.repeat(40),
        directory: `${folder}/p.git`,
      },
      store: { artifacts: 'artifacts', released: 'released' },
      trustRoots: {},
      keyHolder: {
        module: '/none',
        tokenLabel: 'signing',
        pin: { env: 'NONE' },
        registry: 'registry.json',
        journal: `${folder}/keyholder.jsonl`,
      },
      timestamp: { urls: ['http://127.0.0.1:1/'], trustedRoots: ['none.pem'] },
      scanner: { port: 1 },
    }),
  );
  const config = readConfig(configFile);
  const running = await openStops(config, {
    database,
    log: pino({ level: 'silent' }),
    now: () => new Date(),
    snapshot: () => signer.policy,
    checkJournal: () => Promise.resolve(),
    onChange: () => Promise.resolve(),
    facts: () => ({
      version: '1.2.3',
      policyCommit: null,
      behind: null,
      revocations: { count: 0, through: 0n },
    }),
  });
  const signer: TestSigner = {
    config,
    configFile,
    running,
    policy: snapshot,
    async kill() {
      alive.delete(signer);
      await running.heartbeat.stop();
    },
  };
  alive.add(signer);
  await running.heartbeat.beat();
  return signer;
}

/** The command as an operator runs it. */
function command(signer: TestSigner, ...args: readonly string[]): Promise<{ code: unknown; out: string }> {
  const all = ['signer/rulings/emergency-stop/main.ts', '--config', signer.configFile, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, out: stdout + stderr });
    });
  });
}

beforeEach(async () => {
  [urls, work] = [await testDatabase(), await testFolder('stops')];
  database = openDatabase(urls.signer, () => undefined);
  portal = new pg.Client({ connectionString: urls.portal });
  await portal.connect();
  alive = new Set();
  [one, two] = [await start('one'), await start('two')];
  return async () => {
    for (const signer of alive) await signer.running.heartbeat.stop();
    await portal.end();
    await database.close();
    await urls.release();
    await work.release();
  };
});

async function say(changes: Partial<StopStatement> = {}, signer = head): Promise<void> {
  const at = new Date().toISOString();
  const statement = stopStatement({ action: 'stop', project, reason: 'Malware.', at, ...changes });
  await hand(statement, signer.sign(statement, stopNamespace));
}
async function hand(statement: string, signature: string): Promise<void> {
  await portal.query(
    'INSERT INTO portal.emergency_stop_submission (id, statement, signature) VALUES ($1, $2, $3)',
    [randomUUID(), statement, signature],
  );
}
/** All that was said becomes an hour old. */
async function age(): Promise<void> {
  const owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  await owner.query(
    `UPDATE portal.emergency_stop_submission SET submitted_at = submitted_at - interval '1 hour'`,
  );
  await owner.end();
}
const check = (signer: TestSigner, which: string = project) => signer.running.stops.check(which);
const stopped = async (signer: TestSigner): Promise<string[]> =>
  (await readStops(stopFileOf(signer.config))).stops.map((held) => factsOf(held.entry).reason);
const journalled = async (): Promise<number> =>
  (await database.query(`SELECT 1 FROM signer.journal WHERE kind = 'emergency-stop'`)).length;

describe('an emergency stop that comes through the portal', () => {
  it('is found behind more malformed rows than can be remembered, and behind rows dated in the future', async () => {
    const flood = (from: string, count: number) =>
      portal.query(
        `INSERT INTO portal.emergency_stop_submission (id, statement, signature, submitted_at)
         SELECT gen_random_uuid(), 'stop ' || n, 'x', ${from} FROM generate_series(1, $1::int) AS n`,
        [count],
      );
    await flood("now() - interval '10 minutes' + n * interval '1 millisecond'", 21_000);
    await flood("'infinity'", 500);
    await flood("now() + interval '20 minutes'", 500);
    await say({ reason: 'Behind them all.' });
    for (const signer of [one, two])
      await vi.waitFor(async () => {
        expect(await stopped(signer)).toEqual(['Behind them all.']);
      }, patience);
  });
});

describe('an emergency stop given at one signer', () => {
  it('prevents the other one’s very next signature, and is confirmed by both', async () => {
    await two.kill();
    const given = await command(one, '--project', project, '--reason', 'Malware.', '--wait', '0');
    expect(given.out).toContain('nothing is signed any more');
    // Nothing told the other one: it looks by itself before it signs.
    await expect(check(two)).rejects.toThrow('Malware.');
    await check(two, 'gadget');
    const again = await start('two');
    await expect(check(again)).rejects.toThrow('Malware.');
    const listed = await command(one);
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.out).toMatch(/one: 1 of 1 confirmed\n {2}two: 1 of 1 confirmed/);
  });

  it('is confirmed within seconds by all running signers; the command names those that don’t', async () => {
    const given = await command(one, '--everything', '--reason', 'The HSM was moved.');
    expect(given).toMatchObject({ code: 0 });
    expect(given.out).toMatch(/one: confirmed at .*\n? *.*two: confirmed at/s);
    await one.running.heartbeat.stop();
    const stopped = await command(two, '--project', 'stopped', '--reason', 'Nobody waits.');
    expect(stopped).toMatchObject({ code: 0 });
    expect(stopped.out).toContain('one: was stopped at');
    // As one that was cut off without a word.
    await database.query(
      `UPDATE signer.presence SET stopped_at = NULL, seen_at = now() WHERE signer_id = 'one'`,
    );
    const deaf = await command(two, '--project', 'gadget', '--reason', 'Deaf.', '--wait', '1');
    expect(deaf).toMatchObject({ code: 3 });
    expect(deaf.out).toContain('one: NOT confirmed');
    await database.query(
      `UPDATE signer.presence SET seen_at = now() - interval '1 hour' WHERE signer_id = 'one'`,
    );
    const gone = await command(two, '--project', 'widget', '--reason', 'Gone.');
    expect(gone).toMatchObject({ code: 0 });
    expect(gone.out).toContain('one: not seen since');
  });

  it('remains in force after a restart, with the journal emptied of it or unreachable', async () => {
    await command(one, '--project', project, '--reason', 'Kept.', '--wait', '0');
    await expect(check(two)).rejects.toThrow('Kept.');
    await two.kill();
    const other = await testDatabase();
    await database.close();
    database = openDatabase(other.signer, () => undefined);
    const restarted = await start('two');
    await expect(check(restarted)).rejects.toThrow('Kept.');
    // And a database that has lost it is told again.
    expect(await journalled()).toBe(1);
    await expect(check(await start('three'))).rejects.toThrow('Kept.');
    for (const signer of alive) await signer.kill();
    await database.close();
    await other.release();
    await expect(check(restarted)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await stopped(restarted)).toEqual(['Kept.']);
    database = openDatabase(urls.signer, () => undefined);
  });

  it('is recorded without the database, and published when it is back', async () => {
    const away = { ...one, configFile: `${one.configFile}.away` };
    writeFileSync(
      away.configFile,
      stringify({ ...one.config, databaseUrl: 'postgresql://nobody@127.0.0.1:1/none' }),
    );
    await two.kill();
    const given = await command(away, '--project', project, '--reason', 'Alone.');
    expect(given).toMatchObject({ code: 3 });
    expect(given.out).toContain('The database can’t be used');
    expect(await stopped(one)).toEqual(['Alone.']);
    await one.running.heartbeat.beat();
    await expect(check(two)).rejects.toThrow('Alone.');
  });

  it('reaches the others even if this host’s file can’t be read', async () => {
    writeFileSync(stopFileOf(one.config).file, 'rubbish');
    const given = await command(one, '--project', project, '--reason', 'Told all the same.', '--wait', '0');
    expect(given.out).toContain('can’t be read');
    await expect(check(two)).rejects.toThrow('Told all the same.');
  });

  it('is lifted everywhere where it was given, and elsewhere for that signer alone', async () => {
    await command(one, '--project', project, '--reason', 'Host.');
    const here = await command(two, '--project', project, '--lift');
    expect(here.out).toContain('Lifted for two alone: it was given on the host of one');
    await check(two);
    await expect(check(one)).rejects.toThrow('Host.');
    // Nor does it come back there by being read again.
    await two.kill();
    two = await start('two');
    await check(two);
    await command(one, '--project', project, '--reason', 'Again.');
    await expect(check(two)).rejects.toThrow('Again.');
    const lifted = await command(one, '--project', project, '--lift');
    expect(lifted).toMatchObject({ code: 0 });
    expect(lifted.out).toContain('signing resumes');
    await check(one);
    await check(two);
  });

  it('isn’t lifted by a row without the key, whoever writes it', async () => {
    await command(one, '--project', project, '--reason', 'Host.', '--wait', '0');
    for (const keys of [['ab'.repeat(32)], []])
      await database.transaction((transaction) =>
        append(transaction, new Date(), {
          requestId: null,
          event: emergencyStop({
            action: 'lift',
            source: 'host',
            by: 'x',
            signer: 'one',
            at: new Date().toISOString(),
            keys,
          }),
        }),
      );
    await expect(check(two)).rejects.toThrow('Host.');
    for (const sql of [
      'DELETE FROM signer.journal',
      'DELETE FROM signer.presence',
      `UPDATE signer.presence SET stops = '[]'`,
      `INSERT INTO signer.journal SELECT * FROM signer.journal`,
      'DELETE FROM portal.emergency_stop_submission',
    ])
      await expect(portal.query(sql)).rejects.toThrow('permission denied');
  });
});

describe('an emergency stop by signed statement', () => {
  it('accepted by one signer applies to both, names its signer, and is recorded once', async () => {
    await two.kill();
    await say();
    await expect(check(one)).rejects.toThrow('Malware.');
    await expect(check(two)).rejects.toThrow('Malware.');
    await Promise.all([check(one), check(two)].map((each) => each.catch(() => undefined)));
    expect(await journalled()).toBe(1);
    const [held] = (await readStops(stopFileOf(two.config))).stops;
    expect(held?.entry.by).toMatch(/^policy-maintainer, SHA256:/);
    expect(held?.doubt).toBeNull();
    await say({ action: 'lift', reason: 'It was a false alarm.' });
    await check(one);
    await check(two);
  });

  it('isn’t lifted by a statement that another signer accepted and this one can’t verify', async () => {
    two.policy = base;
    await say();
    await check(one).catch(() => undefined);
    await expect(check(two)).rejects.toThrow('Malware.');
    await say({ action: 'lift', reason: 'Over.' });
    await check(one);
    await expect(check(two)).rejects.toThrow('Malware.');
    const [held] = (await readStops(stopFileOf(two.config))).stops;
    expect(held?.doubt).toMatch(/./);
  });

  it('is lifted by a statement only once the policy is known, and then reliably', async () => {
    two.policy = null;
    await say();
    await check(one).catch(() => undefined);
    await expect(check(two)).rejects.toThrow('Malware.');
    await say({ action: 'lift', reason: 'Over.' });
    await check(one);
    await expect(check(two)).rejects.toThrow('Malware.');
    // Longer ago than words are taken from the portal: the journal alone still says it.
    await age();
    two.policy = snapshot;
    await check(two);
  });

  it('wins over a lift before it in the journal, even if both were read before there was a policy', async () => {
    const [before, after] = [2000, 1000].map((ms) => new Date(Date.now() - ms).toISOString());
    two.policy = null;
    await say({ reason: 'First.', at: before ?? '' });
    await check(one).catch(() => undefined);
    await say({ action: 'lift', reason: 'Over.' });
    await check(one);
    await say({ reason: 'Second.', at: after ?? '' });
    await expect(check(one)).rejects.toThrow('Second.');
    await expect(check(two)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await stopped(two)).toContain('Second.');
    await age();
    two.policy = snapshot;
    await expect(check(two)).rejects.toThrow('Second.');
  });

  it('isn’t lifted by an earlier statement, nor by a lift from the host', async () => {
    const earlier = new Date(Date.now() - 1000).toISOString();
    const lift = stopStatement({ action: 'lift', project, reason: 'Over.', at: earlier });
    await say({ reason: 'Later.' });
    await check(one).catch(() => undefined);
    await hand(lift, head.sign(lift, stopNamespace));
    await expect(check(one)).rejects.toThrow('Later.');
    await command(one, '--project', project, '--reason', 'Host.', '--wait', '0');
    await say({ action: 'lift', reason: 'Over.' });
    for (const signer of [one, two]) await expect(check(signer)).rejects.toThrow('Host.');
    expect(await stopped(two)).toEqual(['Host.']);
  });

  it('wins over a lift that was written meanwhile and submitted before it', async () => {
    const [before, after] = [2000, 1000].map((ms) => new Date(Date.now() - ms).toISOString());
    await say({ reason: 'First.', at: before ?? '' });
    await check(one).catch(() => undefined);
    // Written after the second stop, and on its way faster.
    await say({ action: 'lift', reason: 'Over.' });
    await check(one);
    await say({ reason: 'Second.', at: after ?? '' });
    await expect(check(one)).rejects.toThrow('Second.');
    await expect(check(two)).rejects.toThrow('Second.');
  });

  it('doesn’t come back after a restart once it is lifted', async () => {
    await say();
    await check(one).catch(() => undefined);
    await say({ action: 'lift', reason: 'Over.' });
    await check(one);
    await one.kill();
    const restarted = await start('one');
    await check(restarted);
    await check(two);
    expect(await journalled()).toBe(2);
  });

  it('doesn’t count from unauthorised people, and malformed ones don’t block a valid one', async () => {
    await say({}, person('policy-maintainer'));
    await hand('{}', 'x');
    await hand('x'.repeat(10_000), 'y'.repeat(50_000));
    await say({ reason: 'True.' });
    await expect(check(one)).rejects.toThrow('True.');
    expect(await stopped(one)).toEqual(['True.']);
  });
});

describe('a signer', () => {
  it('is distinguished from another one of the same name, and neither signs', async () => {
    const double = await start('one');
    await one.running.heartbeat.beat();
    await double.running.heartbeat.beat();
    for (const testSigner of [one, double])
      await expect(check(testSigner)).rejects.toThrow('a signerId of its own');
    await check(two);
  });

  it('reports what it has in force, and signs nothing once its file is lost', async () => {
    await command(one, '--project', project, '--reason', 'Shown.');
    const [shown] = await readPresences(database);
    expect(shown).toMatchObject({
      signer: 'one',
      isAlive: true,
      stops: [{ project, reason: 'Shown.', given: 'host one', doubt: null }],
    });
    rmSync(stopFileOf(two.config).file);
    await expect(check(two, 'gadget')).rejects.toThrow('isn’t there');
  });
});
