import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, testTokens } from '../../../dev/test/index.ts';
import { auditFileNames, parseDigest, type AuditPeriod } from '#core/audit/index.ts';
import { parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import { formatStatement } from '#core/inspection-report/index.ts';
import { policyAccepted, stepFinished } from '#core/wire/journal/index.ts';
import { noteKey, openNote, parseNoteKey } from '#core/pki/note/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { append, newestEntry, writeAnchor } from '../../ground/journal/index.ts';
import { signLogText, signLogTexts, type LogSigner } from '../../keyholder/index.ts';
import { generateEd25519KeyPair, Pkcs11Token, readEd25519PublicKey } from '../../keyholder/token/index.ts';
import { reportCommand } from '../../../cli/report.ts';
import { openArtifactStore, openReleaseStore } from '../../ground/store/index.ts';
import { watchReports } from '../probes/index.ts';
import { signReports, writeReport } from '../report/index.ts';
import { objectPath } from '../../../lib/host/object-store/index.ts';
import { signExports, type ExportPorts } from './index.ts';

let hsm: Awaited<ReturnType<typeof testTokens>>;
let log: LogSigner;
let urls: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let portal: pg.Client;
let ports: ExportPorts;
const now = new Date('2026-11-01T12:00:00Z');
const october: AuditPeriod = {
  from: new Date('2026-10-01T00:00:00Z'),
  to: new Date('2026-11-01T00:00:00Z'),
};

beforeAll(async () => {
  hsm = await testTokens(['log']);
  process.env['SOFTHSM2_CONF'] = hsm.configFile;
  const pin = { file: hsm.pinFiles['log'] ?? '' };
  const token = Pkcs11Token.open({
    module: hsm.module,
    tokenLabel: 'log',
    sessions: 1,
    readWrite: true,
    pin: readFileSync(pin.file, 'utf8').trim(),
  });
  await generateEd25519KeyPair(token, 'foundation-log');
  const { verifierKey } = noteKey('example/countersign', await readEd25519PublicKey(token, 'foundation-log'));
  await token.close();
  log = {
    module: hsm.module,
    softhsmConf: hsm.configFile,
    moduleEnvironment: {},
    pin,
    key: { label: 'foundation-log', token: 'log', verifierKey },
  };
});
afterAll(async () => hsm.release());

beforeEach(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.signer, () => undefined);
  portal = new pg.Client({ connectionString: urls.portal });
  await portal.connect();
  const folder = join(hsm.folder, randomUUID());
  mkdirSync(folder);
  ports = {
    database,
    log,
    now: () => now,
    workDirectory: join(folder, 'work'),
    anchorFile: join(folder, 'anchor.json'),
    store: openReleaseStore(join(folder, 'released')),
  };
  released = join(folder, 'released');
  return async () => {
    await portal.end();
    await database.close();
    await urls.release();
  };
});
let released = '';

const portalFiles = () =>
  auditFileNames('portal').map((name) => ({ name, sha256: 'a'.repeat(64), sizeBytes: 3, rows: 1 }));
async function ask(period: AuditPeriod, files: unknown = portalFiles()): Promise<string> {
  const id = randomUUID();
  await portal.query(
    `INSERT INTO portal.audit_export (id, period_from, period_to, asked_by, asked_at, made_at, files)
     VALUES ($1, $2, $3, 'person:olga', now(), now(), $4)`,
    [id, period.from, period.to, JSON.stringify(files)],
  );
  return id;
}
const add = (at: string) =>
  database.transaction((poolClient) =>
    append(poolClient, new Date(at), {
      requestId: null,
      event: policyAccepted({ commit: 'c'.repeat(40), parent: null, signers: [at] }),
    }),
  );
async function remember(): Promise<void> {
  const newest = await newestEntry(database);
  if (newest !== null) await writeAnchor(ports.anchorFile, { seq: newest.seq, hash: newest.hash });
}
async function digestOf(exportId: string) {
  const [row] = await database.query('SELECT note FROM signer.audit_digest WHERE export_id = $1', [exportId]);
  const { text } = openNote((row as { note: string }).note, [parseNoteKey(log.key.verifierKey)]);
  return { text, digest: parseDigest(text) };
}
const fileOf = (sha256: string): string => readFileSync(objectPath(released, sha256 as never), 'utf8');

describe('a signed export', () => {
  it('contains the signer’s own records of the period, hashed and signed, and the portal’s digests as submitted', async () => {
    for (const at of [
      '2026-09-30T10:00:00Z',
      '2026-10-02T10:00:00Z',
      '2026-10-03T10:00:00Z',
      '2026-11-01T01:00:00Z',
    ])
      await add(at);
    await database.query(
      `INSERT INTO signer.accepted_snapshot (commit, parent, signers, accepted_at) VALUES ($1, NULL, '{mara,robin}', $2)`,
      ['c'.repeat(40), '2026-10-02T10:00:00Z'],
    );
    await remember();
    const id = await ask(october);
    expect(await signExports(ports)).toEqual({ signed: [{ exportId: id, number: 1 }], problems: [] });
    const { digest } = await digestOf(id);
    expect(digest).toMatchObject({
      number: 1,
      previous: null,
      exportId: id,
      ...october,
      portal: portalFiles(),
      journal: { first: '2', last: '3' },
    });
    const contents = new Map((digest?.signer ?? []).map(({ name, sha256 }) => [name, fileOf(sha256)]));
    for (const { name, sha256, sizeBytes } of digest?.signer ?? []) {
      const bytes = Buffer.from(contents.get(name) ?? '', 'utf8');
      expect([createHash('sha256').update(bytes).digest('hex'), bytes.length], name).toEqual([
        sha256,
        sizeBytes,
      ]);
    }
    const lines = (name: string) => (contents.get(name) ?? '').trimEnd().split('\n');
    expect(lines('journal.jsonl').map((line) => (JSON.parse(line) as { seq: string }).seq)).toEqual([
      '2',
      '3',
    ]);
    expect(lines('journal.csv')[0]).toBe('seq,at,requestId,kind,body,previousHash,entryHash\r');
    expect(lines('policy-history.csv')[1]).toMatch(
      /^1,2026-10-02T10:00:00.000Z,c{40},,"\[""mara"",""robin""\]"/,
    );
    // Nothing is asked for any more, and the journal says what was signed.
    expect(await signExports(ports)).toEqual({ signed: [], problems: [] });
    const [said] = await database.query(`SELECT body FROM signer.journal WHERE kind = 'audit.signed'`);
    expect((said as { body: string }).body).toContain(id);
  });

  it('names the previous one, and continues where its journal ended', async () => {
    for (const at of ['2026-08-05T10:00:00Z', '2026-09-05T10:00:00Z', '2026-10-05T10:00:00Z']) await add(at);
    await remember();
    const september = await ask({ from: new Date('2026-09-01T00:00:00Z'), to: october.from });
    await signExports(ports);
    const first = await digestOf(september);
    // What was walked and signed isn't walked again.
    const asked: string[] = [];
    const watched: Database = {
      ...database,
      query: async (text, values) => {
        if (text.includes('seq > $1')) asked.push(String(values?.[0]));
        return database.query(text, values);
      },
    };
    const id = await ask(october);
    expect((await signExports({ ...ports, database: watched })).signed).toEqual([
      { exportId: id, number: 2 },
    ]);
    const { digest } = await digestOf(id);
    expect(asked[0]).toBe('2');
    expect(digest?.journal).toMatchObject({ first: '3', before: first.digest?.journal?.head });
    expect(digest?.previous).toBe(createHash('sha256').update(first.text).digest('hex'));
  });

  it('can be of an empty period', async () => {
    const id = await ask(october);
    expect((await signExports(ports)).problems).toEqual([]);
    expect((await digestOf(id)).digest?.journal).toBeNull();
  });

  it('isn’t made from a journal whose chain is broken, or that isn’t the one that this signer’s anchor names', async () => {
    await add('2026-10-05T10:00:00Z');
    await remember();
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    try {
      await owner.query(
        `INSERT INTO signer.journal SELECT 2, at, request_id, kind, '{"commit":"forged"}', entry_hash, repeat('e', 64) FROM signer.journal`,
      );
      const id = await ask(october);
      expect(await signExports(ports)).toEqual({
        signed: [],
        problems: [expect.stringMatching(new RegExp(`${id} is not signed: entry 2 was altered`)) as string],
      });
      await writeAnchor(ports.anchorFile, { seq: '1', hash: 'f'.repeat(64) });
      expect((await signExports(ports)).problems[0]).toMatch(/isn’t the one that this signer remembers/);
    } finally {
      await owner.end();
    }
  });

  it.each([
    ['other names', [{ name: '../x', sha256: 'a'.repeat(64), sizeBytes: 1, rows: 1 }]],
    [
      'no digests',
      auditFileNames('portal').map((name) => ({ name, sha256: 'x\nnumber 9', sizeBytes: 1, rows: 1 })),
    ],
    ['sizes below nothing', portalFilesWith({ sizeBytes: -1 })],
    ['members more', portalFilesWith({ more: 'text of the portal’s' })],
    ['no list', { files: 1 }],
    ['too much', portalFilesWith({ name: 'x'.repeat(9_000) })],
  ])('isn’t made if the portal submits %s', async (_, files) => {
    const id = await ask(october, files);
    expect(await signExports(ports)).toMatchObject({ signed: [], problems: [expect.stringContaining(id)] });
    // It is marked, and said once.
    expect(await signExports(ports)).toEqual({ signed: [], problems: [] });
    expect(await database.query('SELECT export_id::text AS id FROM signer.audit_refusal')).toEqual([{ id }]);
  });

  it('is made in one round behind any number of malformed requests and of periods that aren’t over', async () => {
    await portal.query(
      `INSERT INTO portal.audit_export (id, period_from, period_to, asked_by, asked_at, made_at, files)
       SELECT gen_random_uuid(), CASE number % 3 WHEN 0 THEN '-infinity' ELSE '2026-10-01' END::timestamptz,
              CASE number % 3 WHEN 1 THEN 'infinity' ELSE '2026-11-01' END::timestamptz, 'x', '2026-01-01', now(), '{"files": 1}'
         FROM generate_series(1, 660) AS number`,
    );
    const id = await ask(october);
    const { signed, problems } = await signExports(ports);
    expect(signed).toEqual([{ exportId: id, number: 1 }]);
    expect(problems.length).toBeLessThanOrEqual(21);
    expect(problems.at(-1)).toMatch(/^440 exports were refused for good/);
    expect(await database.query('SELECT count(*)::int AS refused FROM signer.audit_refusal')).toEqual([
      { refused: 440 },
    ]);
    await expect(database.query('DELETE FROM signer.audit_refusal')).rejects.toThrow(/permission denied/);
    await expect(database.query(`UPDATE signer.audit_refusal SET reason = ''`)).rejects.toThrow(
      /permission denied/,
    );
    await expect(portal.query('DELETE FROM signer.audit_refusal')).rejects.toThrow(/permission denied/);
  });

  it('reports for each refusal the reason, or their number if there is no room', async () => {
    await portal.query(
      `INSERT INTO portal.audit_export (id, period_from, period_to, asked_by, asked_at, made_at, files)
       SELECT gen_random_uuid(), '2026-10-01', CASE WHEN number <= 8 THEN 'infinity' ELSE '2026-11-01' END::timestamptz,
              'x', '2026-01-01', now(), '{"files": 1}'
         FROM generate_series(1, 23) AS number`,
    );
    const { problems } = await signExports(ports);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toMatch(/^15 exports were refused for good/);
  });

  it('isn’t made of a period that isn’t over or is reversed', async () => {
    await ask({ from: october.from, to: new Date('2026-11-01T11:59:00Z') });
    await ask({ from: october.to, to: october.from });
    const { signed, problems } = await signExports(ports);
    expect(signed).toEqual([]);
    expect(problems.join('\n')).toMatch(/period is not-over\n.*period is backwards/);
  });
});

function portalFilesWith(changes: object): readonly object[] {
  return portalFiles().map((file) => ({ ...file, ...changes }));
}

describe('inspection reports', () => {
  const request = parseRequestId('01890a5d-ac96-774b-bcce-b302099a8057');
  const guide = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'docs', 'guides', 'inspection-report.md'),
    'utf8',
  );
  /** As the daemon does: the document, its rows, and the journal's entry. */
  async function write(isJournalled = true, reached: 'inspection' | 'scan' = 'scan') {
    const directory = join(hsm.folder, randomUUID());
    mkdirSync(directory);
    mkdirSync(ports.workDirectory, { recursive: true });
    const artifactSha256 = parseSha256Hex('a'.repeat(64));
    const counts = { files: 0, directories: 0, unexpected: 0, toBeSigned: 0, notSeenInside: 0 };
    const report = await writeReport(
      {
        database,
        releases: ports.store,
        write: (work) => database.transaction((transaction) => work(transaction, now)),
      },
      { requestId: request, project: 'widget', configuration: 'a.yaml', directory },
      {
        head: {
          kind: 'countersign-inspection-report',
          version: 1,
          request,
          artifact: { name: 'a.zip', sha256: artifactSha256, sizeBytes: 1 },
          configurationSha256: artifactSha256,
          reached,
          passed: true,
          whole: true,
          counts: { ...counts, notScanned: 0, infected: 0 },
        },
        entries: [],
      },
    );
    const finished = stepFinished({
      pass: 1,
      step: 'scan',
      outcome: 'pass',
      durationMs: 1,
      findings: [],
      report,
    });
    if (isJournalled)
      await database.transaction((transaction) =>
        append(transaction, now, { requestId: request, event: finished }),
      );
    return report;
  }
  const sign = () => signReports({ ...ports, released: openArtifactStore(released) });

  it('are signed once, and OpenSSL, sha256sum and the command check the signature', async () => {
    const report = await write();
    expect(await sign()).toEqual({ signed: [request], problems: [] });
    expect(await sign()).toEqual({ signed: [], problems: [] });
    const [row] = await database.query('SELECT note FROM signer.inspection_report');
    const folder = join(hsm.folder, 'report');
    mkdirSync(folder);
    writeFileSync(join(folder, 'report.json'), fileOf(report.sha256));
    writeFileSync(join(folder, 'report.json.note'), (row as { note: string }).note);
    writeFileSync(join(folder, 'foundation-log.vkey'), `${log.key.verifierKey}\n`);
    const [, commands = ''] = /```sh by hand\n([\s\S]*?)```/.exec(guide) ?? [];
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toContain('Verified Successfully');
    expect(said).toContain('report.json: OK');
    const key = join(folder, 'foundation-log.vkey');
    expect(await reportCommand(['verify', join(folder, 'report.json'), '--key', key], () => undefined)).toBe(
      0,
    );
  });

  it('are not signed before the scan, nor complained of', async () => {
    await write(false, 'inspection');
    expect(await sign()).toEqual({ signed: [], problems: [] });
    await write();
    expect(await sign()).toEqual({ signed: [request], problems: [] });
  });

  it('that can’t be signed wait behind those that can, and health tells of them', async () => {
    const probe = () => watchReports(database).probe();
    // More than are tried in one round, each older than the good one.
    await database.query(
      `INSERT INTO signer.inspection_report (request_id, project, configuration, sha256, size_bytes, head, made_at)
       SELECT gen_random_uuid(), 'widget', 'a.yaml', repeat('b', 64), 1, '{}', '2020-01-01' FROM generate_series(1, 60)`,
    );
    await write();
    expect(await probe()).toMatchObject({ state: 'ok' });
    const rounds = [await sign(), await sign()];
    expect(rounds.map(({ problems }) => problems.length)).toEqual([40, 30]);
    expect(rounds.map(({ signed }) => signed)).toEqual([[], [request]]);
    expect(await probe()).toMatchObject({ state: 'degraded', measures: { failed: 60 } });
    // Each gets its turn, for ever.
    expect((await sign()).problems).toHaveLength(10);
    await database.query(`DELETE FROM signer.inspection_report WHERE sha256 = repeat('b', 64)`);
    expect(await probe()).toMatchObject({ state: 'ok' });
  });

  it('are not signed where the journal names none, or the store has another document', async () => {
    const report = await write(false);
    expect(await sign()).toMatchObject({
      signed: [],
      problems: [expect.stringContaining('journal names no such')],
    });
    await write();
    const event = stepFinished({
      pass: 1,
      step: 'scan',
      outcome: 'pass',
      durationMs: 1,
      findings: [],
      report,
    });
    await database.transaction((transaction) => append(transaction, now, { requestId: request, event }));
    writeFileSync(objectPath(released, report.sha256 as never), 'x'.repeat(report.sizeBytes));
    expect(await sign()).toMatchObject({ signed: [], problems: [expect.stringContaining('release store')] });
  });
});

describe('the log’s key', () => {
  it.each(['{"version":1}\n', 'number 1\n', ''])(
    'signs nothing but digests of audit exports and statements about inspection reports: not %j',
    async (text) => {
      await expect(signLogText(log, text)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    },
  );

  it('signs the texts of a round each by itself: one that is neither is refused, and no other with it', async () => {
    const of = (request: string): string =>
      formatStatement({
        request,
        artifactSha256: 'a'.repeat(64),
        journal: { seq: '7', hash: 'b'.repeat(64) },
        signedAt: new Date('2026-10-30T10:00:00Z'),
        sha256: 'c'.repeat(64),
        sizeBytes: 10,
        entries: 1,
      });
    const texts = [of(randomUUID()), 'number 1\n', of(randomUUID())];
    const [first, refused, last] = await signLogTexts(log, texts);
    expect(refused).toMatchObject({ ok: false, error: { code: 'GRANT_INVALID' } });
    const known = [parseNoteKey(log.key.verifierKey)];
    const readBack = [first, last].map((one) => (one?.ok === true ? openNote(one.note, known).text : null));
    expect(readBack).toEqual([texts[0], texts[2]]);
  });

  it('must be the one in the registry, or nothing is signed', async () => {
    const other = noteKey('example/countersign', new Uint8Array(32).fill(7)).verifierKey;
    const id = await ask(october);
    const wrong = { ...log, key: { ...log.key, verifierKey: other } };
    expect(await signExports({ ...ports, log: wrong })).toMatchObject({
      signed: [],
      problems: [expect.stringContaining('attach the right token')],
    });
    expect(await database.query('SELECT 1 FROM signer.audit_digest')).toEqual([]);
    expect(id).toBeTruthy();
  });

  it('makes signatures that OpenSSL and sha256sum check', async () => {
    await add('2026-10-05T10:00:00Z');
    await remember();
    const id = await ask(october);
    await signExports(ports);
    const { text, digest } = await digestOf(id);
    const [row] = await database.query('SELECT note FROM signer.audit_digest');
    const folder = join(hsm.folder, 'outside');
    mkdirSync(folder);
    for (const { name, sha256 } of digest?.signer ?? []) writeFileSync(join(folder, name), fileOf(sha256));
    writeFileSync(join(folder, 'digest.note'), (row as { note: string }).note);
    writeFileSync(join(folder, 'foundation-log.vkey'), `${log.key.verifierKey}\n`);
    const guide = readFileSync(
      join(import.meta.dirname, '..', '..', '..', 'docs', 'guides', 'audit.md'),
      'utf8',
    );
    const [, commands = ''] = /```sh by hand\n([\s\S]*?)```/.exec(guide) ?? [];
    expect(commands).toContain('openssl');
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toContain('Verified Successfully');
    expect(said).toContain('journal.jsonl: OK');
    writeFileSync(
      join(folder, 'digest.note'),
      (row as { note: string }).note.replace('number 1', 'number 2'),
    );
    expect(() =>
      execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, stdio: 'pipe' }),
    ).toThrow();
    expect(text.endsWith('\n')).toBe(true);
  });
});
