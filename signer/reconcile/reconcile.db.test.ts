import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { policyAccepted, signDone, signIntent, type NewEntry } from '#core/wire/journal/index.ts';
import { signingFacts } from '../../lib/core/wire/journal/examples.fixture.ts';
import { parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import { readConfig } from '../ground/config/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { changeStops, createStopFile, readStops, stopFileOf } from '../rulings/emergency-stop/index.ts';
import { append, readAnchor, verifyJournal } from '../ground/journal/index.ts';
import { KeyHolderJournal } from '../keyholder/holder/journal.ts';
import { openClaims, resolveClaims } from '../daemon/claims/index.ts';
import { anchorOf, standBy } from '../daemon/stand-by.ts';
import { leased } from '../daemon/turns/lease.fixture.ts';
import { releaseGrant } from '../keyholder/grant/grants.fixture.ts';
import { objectPath } from '../../lib/host/object-store/index.ts';

const [kept, lost] = [
  '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0001',
  '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0002',
] as const;
const id = (digit: string): string => digit.repeat(64);
/** What the keyholder gives, and by what the journal and claims name it. */
const given = 'AQID';
const digestOf = (signature: string): string =>
  createHash('sha256').update(signature, 'base64').digest('hex');
const commit = 'c'.repeat(40);
const log = pino({ level: 'silent' });

let urls: Awaited<ReturnType<typeof testDatabase>>;
let older: Awaited<ReturnType<typeof testDatabase>>;
let work: Awaited<ReturnType<typeof testFolder>>;
let database: Database;
const configFile = (): string => join(work.folder, 'signer.yaml');
const acceptedFile = (): string => join(work.folder, 'policies.git.accepted.json');

/** What the signer reads, as a file. */
function configure(databaseUrl: string): void {
  writeFileSync(
    configFile(),
    stringify({
      databaseUrl,
      workDirectory: 'work',
      signerId: 'one',
      sweepSeconds: 0.05,
      policyRepository: {
        url: 'none',
        ref: 'refs/heads/main',
        initialCommit: commit,
        directory: 'policies.git',
      },

      store: { artifacts: 'artifacts', released: 'released' },
      journalAnchor: 'anchor.json',
      trustRoots: {},
      keyHolder: {
        module: '/none',
        tokenLabel: 'signing',
        pin: { env: 'NONE' },
        registry: 'registry.json',
        journal: 'keyholder/journal.jsonl',
      },
      timestamp: { urls: ['http://127.0.0.1:1/'], trustedRoots: ['none.pem'] },
      scanner: { port: 1 },
    }),
  );
}

beforeEach(async () => {
  [urls, older] = [await testDatabase(), await testDatabase()];
  work = await testFolder('reconcile');
  configure(urls.signer);
  database = openDatabase(urls.signer, () => undefined);
  // The signer's first start.
  await anchorOf(readConfig(configFile()), database).check();
  return async () => {
    await database.close();
    await urls.release();
    await older.release();
    await work.release();
  };
});

const add = (deed: NewEntry) => database.transaction((poolClient) => append(poolClient, new Date(), deed));

const anyEntry: NewEntry = {
  requestId: null,
  event: policyAccepted({ commit: 'c'.repeat(40), parent: null, signers: [] }),
};

/** A signature as it comes about: the journal's intent, then the keyholder's records. */
async function sign(requestId: string, grant: string, signature = given): Promise<void> {
  const facts = { ...signingFacts, grantId: id(grant) };
  await add({ requestId, event: signIntent(facts) });
  await signElsewhere(requestId, grant, signature);
  await add({ requestId, event: signDone({ ...facts, signatureSha256: digestOf(signature) }) });
}

/** By the keyholder alone. */
async function signElsewhere(requestId: string, grant: string, signature: string): Promise<void> {
  const journal = await KeyHolderJournal.open(join(work.folder, 'keyholder', 'journal.jsonl'), new Date());
  await journal.append(
    {
      kind: 'intent',
      grantId: id(grant),
      slot: id('5'),
      purpose: 'release',
      keyLabel: 'widget.release',
      requestId,
      project: 'widget',
      artifactSha256: id('1'),
      leafPath: ['a.zip', 'b.exe'],
      unsignedSha256: id('2'),
      toBeSignedSha256: id('3'),
      policyCommit: commit,
    },
    new Date(),
  );
  await journal.append({ kind: 'signed', grantId: id(grant), signature }, new Date());
  await journal.close();
}

async function keep(): Promise<void> {
  const journal = await KeyHolderJournal.open(join(work.folder, 'keyholder', 'journal.jsonl'), new Date());
  const head = journal.head();
  await journal.close();
  await anchorOf(readConfig(configFile()), database).keep(head);
}

function release(digest: string): void {
  const file = objectPath(join(work.folder, 'released'), parseSha256Hex(digest));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'signed');
}

/** Copies the present journal into the database that stands for the backup. */
async function backUp(): Promise<void> {
  const client = new pg.Client({ connectionString: older.signer });
  await client.connect();
  try {
    const rows = (await database.query(
      'SELECT seq, at, request_id, kind, body, previous_hash, entry_hash FROM signer.journal ORDER BY seq',
    )) as Record<string, unknown>[];
    for (const row of rows)
      await client.query(
        'INSERT INTO signer.journal VALUES ($1, $2, $3, $4, $5, $6, $7)',
        Object.values(row),
      );
  } finally {
    await client.end();
  }
}

/** From here on the database is the older one. */
async function restore(): Promise<void> {
  await database.close();
  database = openDatabase(older.signer, () => undefined);
  configure(older.signer);
}

async function reconcile(...args: readonly string[]): Promise<string> {
  const program = join(import.meta.dirname, 'main.ts');
  return promisify(execFile)(process.execPath, [program, '--config', configFile(), ...args]).then(
    ({ stdout }) => stdout,
    (error: unknown) => `${(error as { stdout: string }).stdout}${(error as { stderr: string }).stderr}`,
  );
}
const planIn = (said: string): string => /Plan ([0-9a-f]{12})/.exec(said)?.[1] ?? 'none';

async function health(): Promise<Record<string, string>> {
  const rows = (await database.query('SELECT component, state, detail FROM signer.component_health')) as {
    component: string;
    state: string;
    detail: string;
  }[];
  return Object.fromEntries(rows.map((row) => [row.component, `${row.state}: ${row.detail}`]));
}

describe('npm run reconcile', () => {
  it('has nothing to do if nothing is lost', async () => {
    await sign(kept, 'a');
    await keep();
    expect(await reconcile()).toContain('Nothing is to be reconciled: the journal is whole up to entry 2');
    expect((await database.query('SELECT 1 FROM signer.journal')).length).toBe(2);
  });

  it('compares a restored database with all other records, and records what was lost', async () => {
    await sign(kept, 'a');
    await backUp();
    await sign(lost, 'b');
    release(id('d'));
    await keep();
    const before = await readAnchor(join(work.folder, 'anchor.json'));
    await restore();
    await database.query(`INSERT INTO signer.release VALUES ($1, $2, 6, 'a.zip', now())`, [kept, id('e')]);

    const said = await reconcile();
    expect(said).toContain('entries up to 4 are remembered');
    expect(said).toContain('entries 3–4 are lost');
    expect(said).toMatch(
      new RegExp(`signature .*a\\.zip!/b\\.exe.*request ${lost}; the request is lost, too`),
    );
    expect(said).not.toContain(`request ${kept};`);
    expect(said).toContain(`release without a row: ${id('d')}`);
    expect(said).toContain(`row without a file: ${id('e')}, request ${kept}`);
    expect(await database.query('SELECT 1 FROM signer.journal')).toHaveLength(2);

    expect(await reconcile('--confirm', '0'.repeat(12))).toContain(`The plan is ${planIn(said)} now`);
    expect(await reconcile('--confirm', planIn(said))).toContain('Entry 4 says what was lost, and 1 more');
    const entries = (await database.query(
      `SELECT kind, request_id, body FROM signer.journal WHERE seq > 2 ORDER BY seq`,
    )) as { kind: string; request_id: string | null; body: string }[];
    expect(entries.map((entry) => [entry.kind, entry.request_id])).toEqual([
      ['signature.recovered', lost],
      ['journal.reconciled', null],
    ]);
    expect(JSON.parse(entries[0]?.body ?? '')).toMatchObject({ grantId: id('b'), unsignedSha256: id('2') });
    expect(JSON.parse(entries[1]?.body ?? '')).toMatchObject({
      signer: 'one',
      plan: planIn(said),
      lost: 'entries 3–4',
      signaturesRecovered: 1,
      oldHead: { seq: '4', hash: before?.hash },
      releasesWithoutRow: 1,
      rowsWithoutFile: 1,
    });
    expect(await verifyJournal(database)).toMatchObject({ intact: true, entries: 4 });
    await anchorOf(readConfig(configFile()), database).check();
    expect(await reconcile()).toContain('Nothing is to be reconciled');
  });

  it('refuses entries that don’t form a chain: that is no backup', async () => {
    await add(anyEntry);
    await keep();
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    await owner.query('ALTER TABLE signer.journal DISABLE TRIGGER ALL');
    await owner.query(`UPDATE signer.journal SET body = '{"a":1}'`);
    await owner.end();
    expect(await reconcile()).toContain('the journal is broken at entry 1');
  });

  it.each([
    ['the anchor is gone', () => rmSync(join(work.folder, 'anchor.json')), 'the anchor isn’t there'],
    ['the anchor is rubbish', () => writeFileSync(join(work.folder, 'anchor.json'), '{'), 'can’t be read'],
    [
      'the keyholder’s journal is gone',
      () => rmSync(join(work.folder, 'keyholder', 'journal.jsonl')),
      'had 2 records',
    ],
    [
      'the keyholder’s journal is another',
      () => writeFileSync(join(work.folder, 'keyholder', 'journal.jsonl'), ''),
      'had 2 records',
    ],
  ])('reports it and restores the signer’s state files if %s', async (_, damage, said) => {
    await sign(kept, 'a');
    await keep();
    damage();
    const anchor = async () => anchorOf(readConfig(configFile()), database);
    await expect((await anchor()).check()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    const shown = await reconcile();
    expect(shown).toContain(said);
    await reconcile('--confirm', planIn(shown));
    await (await anchor()).check();
    expect(await verifyJournal(database)).toMatchObject({ intact: true, entries: 3 });
  });

  it.each([
    ['lacks the signature', null],
    ['has another signature under the same grant', 'BAUG'],
  ])(
    'notices a keyholder’s journal that was set back together with the anchor, by what the database says it gave: it %s',
    async (_, instead) => {
      const journal = join(work.folder, 'keyholder', 'journal.jsonl');
      await sign(kept, 'a');
      await keep();
      const older = readFileSync(journal);
      const anchor = readFileSync(join(work.folder, 'anchor.json'));
      await sign(lost, 'b');
      await database.query(
        `INSERT INTO signer.signature_claim (slot, request_id, grant_id, path, round, key_label, to_be_signed_sha256, is_repeatable,
             signer_id, claimed_at, signature_sha256, signed_at)
         VALUES ($1, $2, $1, '', 0, 'widget.release', $1, true, 'one', now(), $3, now())`,
        [id('b'), lost, digestOf(given)],
      );
      // With the journal as it is, nothing is missed: what follows is noticed by the damage alone.
      expect(await reconcile()).toContain('Nothing is to be reconciled');
      await anchorOf(readConfig(configFile()), database).check();
      writeFileSync(journal, older);
      writeFileSync(join(work.folder, 'anchor.json'), anchor);
      if (instead !== null) await signElsewhere(lost, 'b', instead);
      const records = instead === null ? 2 : 4;
      await expect(anchorOf(readConfig(configFile()), database).check()).rejects.toMatchObject({
        code: 'JOURNAL_DAMAGED',
        message: expect.stringContaining(
          `(${records} records): it lacks the signature that it gave for request ${lost}`,
        ) as unknown,
      });
      const said = await reconcile();
      expect(said).toContain(`(${records} records): it lacks signatures that it gave, by the database`);
      expect(await reconcile('--confirm', planIn(said))).toContain('says what was lost');
      await anchorOf(readConfig(configFile()), database).check();
      expect(await reconcile()).toContain('Nothing is to be reconciled');
    },
  );

  it('sets claims of signatures aside that the keyholder’s journal no longer knows of, until an operator says', async () => {
    const journal = join(work.folder, 'keyholder', 'journal.jsonl');
    const requestId = parseRequestId(lost);
    await sign(kept, 'a');
    await keep();
    const older = readFileSync(journal);
    const grant = releaseGrant({ requestId });
    const lease = await leased(database, requestId);
    const resolve = () => Promise.resolve();
    const claims = openClaims({ database, lease, signer: 'one', resolve, now: () => new Date() });
    await claims.claim([{ grant, isRepeatable: false }]);
    await sign(lost, 'b');
    await keep();
    writeFileSync(journal, older);

    const said = await reconcile();
    expect(said).toContain('it may not know its earlier signatures');
    const confirmed = await reconcile('--confirm', planIn(said));
    const holder = `one/before-${planIn(said)}`;
    expect(confirmed).toContain(`--claims-of ${holder}`);
    // What it signed isn't in the journal that it has now, and so proves nothing.
    await resolveClaims({ database, signer: 'one', keyHolderJournal: journal, atWork: [] });
    expect(await database.query('SELECT signer_id FROM signer.signature_claim')).toEqual([
      { signer_id: holder },
    ]);
    const open = await reconcile('--claims-of', holder);
    expect(open).toContain('there may be two');
    expect(await reconcile('--claims-of', holder, '--confirm', planIn(open))).toContain(
      'Other signers go on',
    );
    expect(await claims.claim([{ grant, isRepeatable: false }])).toEqual([null]);
  });

  it('leaves claims alone where the keyholder’s journal is whole', async () => {
    const requestId = parseRequestId(lost);
    await sign(kept, 'a');
    await keep();
    const grant = releaseGrant({ requestId });
    const lease = await leased(database, requestId);
    const resolve = () => Promise.resolve();
    const claims = openClaims({ database, lease, signer: 'one', resolve, now: () => new Date() });
    await claims.claim([{ grant, isRepeatable: false }]);
    const stops = stopFileOf(readConfig(configFile()));
    await createStopFile(stops);
    await keep();
    rmSync(stops.file);
    expect(await reconcile('--confirm', planIn(await reconcile()))).toContain('says what was lost');
    expect(await database.query('SELECT signer_id FROM signer.signature_claim')).toEqual([
      { signer_id: 'one' },
    ]);
  });

  it('restores the file of the accepted policy from the database', async () => {
    for (const [index, one] of ['a', 'b'].entries())
      await database.query(
        `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', $2)`,
        [one.repeat(40), new Date(Date.now() - 1000 + index)],
      );
    await add(anyEntry);
    const accepted = JSON.stringify({ commit: 'b'.repeat(40), acceptedAt: new Date().toISOString() });
    mkdirSync(join(work.folder, 'keyholder'));
    writeFileSync(acceptedFile(), accepted);
    await keep();
    for (const damage of ['', '{"commit"', accepted.replaceAll('bbbb', 'aaaa'), null]) {
      if (damage === null) rmSync(acceptedFile());
      else writeFileSync(acceptedFile(), damage);
      const shown = await reconcile();
      expect(shown, String(damage)).toContain(`policy ${'b'.repeat(40)} was accepted last`);
      await reconcile('--confirm', planIn(shown));
      expect(JSON.parse(readFileSync(acceptedFile(), 'utf8'))).toMatchObject({ commit: 'b'.repeat(40) });
      await anchorOf(readConfig(configFile()), database).check();
    }
  });

  it('recreates a lost, damaged or older file of emergency stops, above all recorded positions', async () => {
    const stops = stopFileOf(readConfig(configFile()));
    await createStopFile(stops);
    const older = readFileSync(stops.file, 'utf8');
    for (const at of [1, 2])
      await changeStops(stops, (state) => ({ ...state, liftedHere: [String(at).repeat(64)] }));
    await add(anyEntry);
    await keep();
    for (const damage of [null, '{"version": 2', older]) {
      if (damage === null) rmSync(stops.file);
      else writeFileSync(stops.file, damage);
      const anchor = async () => anchorOf(readConfig(configFile()), database);
      await expect((await anchor()).check()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
      const shown = await reconcile();
      expect(shown, String(damage)).toContain('what the journal says is stopped is stopped again');
      const before = (await readAnchor(join(work.folder, 'anchor.json')))?.stops ?? 0;
      await reconcile('--confirm', planIn(shown));
      await (await anchor()).check();
      const { revision, through } = await readStops(stops);
      expect(revision).toBeGreaterThan(before);
      expect(through).toBeNull();
    }
  });
});

describe('a signer whose database is older than its anchor', () => {
  it('stands by, says so on the status page, and starts by itself once it is reconciled', async () => {
    await sign(kept, 'a');
    await backUp();
    await sign(lost, 'b');
    await keep();
    expect(await standBy(readConfig(configFile()), log)).toBeNull();
    await restore();
    const waiting = await standBy(readConfig(configFile()), log);
    expect(waiting).not.toBeNull();
    await expect
      .poll(async () => (await health())['signer'])
      .toMatch(/^down: stopped: .*older.*npm run reconcile/);
    // Each part is looked at by itself.
    await expect.poll(async () => (await health())['journal']).toMatch(/^down: stopped: /);
    expect(await database.query('SELECT 1 FROM signer.journal')).toHaveLength(2);
    await reconcile('--confirm', planIn(await reconcile()));
    expect(await waiting?.ended).toBe(true);
  });

  it('can be stopped while it stands by', async () => {
    await add(anyEntry);
    await keep();
    await restore();
    const waiting = await standBy(readConfig(configFile()), log);
    await waiting?.close();
    expect(await waiting?.ended).toBe(false);
  });
});
