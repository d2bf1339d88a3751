import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addEntries, addLargeRequest, entryOf, findingOf, stepEntries } from '../../dev/seed/index.ts';
import type { SeededEntry } from '../../dev/seed/large-request.ts';
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { signingFacts } from '#core/wire/journal/examples.fixture.ts';
import { signDone, signIntent, stepFinished, stepStarted } from '#core/wire/journal/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Database } from '../platform/db/index.ts';
import { openSigned, project } from '../signatures/open-signed.fixture.ts';
import { findPasses } from './find-passes.ts';
import { listSignedFiles, readRequest, readRewrittenLists, readStep } from './index.ts';
import type { RequestStep, StepPage } from './index.ts';
import { countNotes, readNotes, searchedMax } from './read-notes.ts';
import { pathsSearchedMax } from './signed-files.ts';
import { readTrace } from './read-trace.ts';
import { signingKinds } from './trace-entry.ts';

/** What a page may weigh, however large the request. */
const pageCharactersMax = 400_000;

/** Entries of the journal that sessions have read so far, of the table or of an index. */
async function entriesRead(db: Database): Promise<number> {
  // Otherwise a session says so a second later, or when it ends.
  await db.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  const [row] = await db.$queryRaw<{ read: number }[]>`
    SELECT (seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relid = journal.relid))::float8 AS read
      FROM pg_stat_user_tables AS journal WHERE schemaname = 'signer' AND relname = 'journal'`;
  return row?.read ?? 0;
}

describe('a request in pages', () => {
  let signed: Awaited<ReturnType<typeof openSigned>>;
  let owner: Client;
  beforeEach(async () => {
    signed = await openSigned();
    await signed.issue();
    await signed.accept({});
    owner = new Client({ connectionString: signed.urls.owner });
    await owner.connect();
  });
  afterEach(async () => {
    await owner.end();
    await signed.close();
  });

  const large = async (files: number): Promise<RequestId> =>
    parseRequestId(await addLargeRequest(owner, files, project));
  const withEntries = async (...entries: readonly SeededEntry[]): Promise<RequestId> => {
    const id = await signed.release([]);
    await addEntries(owner, id, entries);
    return id;
  };
  const intent = (pass: number) => entryOf(signIntent({ ...signingFacts, pass }));
  const done = (more: { readonly path?: readonly string[] } = {}) =>
    entryOf(signDone({ ...signingFacts, signatureSha256: 'a'.repeat(64), ...more }));
  const overview = async (id: RequestId, pass?: number) => {
    const found = await readRequest({ ctx: signed.ctx, input: { id, pass } });
    if (found === null) throw new Error('no such request');
    return found;
  };
  const stepOf = async (id: RequestId, step: RequestStep) =>
    (await overview(id)).trace.pass.steps.find((traceStep) => traceStep.step === step);
  const page = async (id: RequestId, step: RequestStep, more: Partial<StepQuery> = {}): Promise<StepPage> => {
    const found = await readStep({ ctx: signed.ctx, input: { id, pass: 1, step, ...more } });
    if (found === null) throw new Error('no such step');
    return found;
  };
  type StepQuery = Parameters<typeof readStep>[0]['input'];

  async function walk(id: RequestId, step: RequestStep, more: Partial<StepQuery> = {}) {
    const pages: StepPage[] = [];
    let after: string | undefined;
    do {
      const next = await page(id, step, { ...more, after });
      pages.push(next);
      after = next.next ?? undefined;
    } while (after !== undefined && pages.length < 1000);
    return pages;
  }

  it('shows the size and the beginning of each step, however large it is', async () => {
    const id = await large(1000);
    const detail = await overview(id);
    const steps = new Map(detail.trace.pass.steps.map((step) => [step.step, step]));
    expect(detail.trace.pass).toMatchObject({ number: 2, outcome: 'released' });
    expect(steps.get('inspection')).toMatchObject({
      state: 'passed',
      counts: { pass: 1000, fail: 0, info: 0 },
    });
    expect(steps.get('inspection')?.findings).toHaveLength(5);
    expect(steps.get('signing')?.notes).toHaveLength(5);
    expect(detail.trace.signing).toEqual({ entries: 2000, shown: 5 });
    expect([detail.signatures.files.length, detail.signatures.total]).toEqual([10, 1000]);
    expect(detail.trace.earlier).toMatchObject([{ number: 1, outcome: 'waiting' }]);
    const text = JSON.stringify(detail, (_key, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    expect(text.length).toBeLessThan(60_000);
  });

  it('shows failures first, on the overview and in the step', async () => {
    const findings = Array.from({ length: 60 }, (_, index) =>
      findingOf('inspection.file', index, index % 20 === 19 ? 'fail' : 'pass'),
    );
    const id = await withEntries(...stepEntries(1, 'inspection', 'fail', findings));
    const step = await stepOf(id, 'inspection');
    expect(step?.counts).toEqual({ pass: 57, fail: 3, info: 0 });
    expect(step?.findings.map((finding) => finding.outcome)).toEqual([
      'fail',
      'fail',
      'fail',
      'pass',
      'pass',
    ]);
    const [first] = await walk(id, 'inspection', { limit: 4 });
    expect(first?.findings.map((finding) => finding.path[1])).toEqual([
      ...['lib/part-19.dll', 'lib/part-39.dll', 'lib/part-59.dll', 'lib/part-0.dll'],
    ]);
  });

  it('shows of a step that repeats an earlier pass what that one found, and of no other request', async () => {
    const findings = Array.from({ length: 9 }, (_, index) => findingOf('inspection.file', index));
    const newest = async (): Promise<string> =>
      (await owner.query<{ seq: string }>('SELECT max(seq)::text AS seq FROM signer.journal')).rows[0]?.seq ??
      '';
    const common = { step: 'inspection', outcome: 'pass', durationMs: 7, next: 'scan' } as const;
    const repeats = (entry: string) => [
      entryOf(stepStarted({ pass: 2, step: 'inspection' })),
      entryOf(stepFinished({ ...common, pass: 2, same: { entry, sha256: 'a'.repeat(64) } })),
    ];
    const id = await withEntries(...stepEntries(1, 'inspection', 'pass', findings));
    const first = await newest();
    await addEntries(owner, id, repeats(first));
    const steps = new Map((await overview(id, 2)).trace.pass.steps.map((step) => [step.step, step]));
    expect(steps.get('inspection')).toMatchObject({
      state: 'passed',
      durationMs: 7,
      counts: { pass: 9, fail: 0, info: 0 },
      findings: findings.slice(0, 5),
    });
    expect(steps.get('scan')?.startedAt).not.toBeNull();
    const [whole] = await walk(id, 'inspection', { pass: 2 });
    expect(whole).toMatchObject({ findings, unreadable: [] });
    for (const entry of [first, String(Number(await newest()) + 9)]) {
      const other = await withEntries(...repeats(entry));
      const { trace } = await overview(other, 2);
      expect(trace.unreadable).toHaveLength(1);
      expect(trace.pass.steps.every((step) => step.findings.length === 0)).toBe(true);
    }
  });

  it('returns every finding once over all pages, then every entry', async () => {
    const id = await large(120);
    const pages = await walk(id, 'inspection', { pass: 2, limit: 50 });
    const paths = pages.flatMap((stepPage) => stepPage.findings.map((finding) => finding.path[1]));
    expect(pages.map((stepPage) => stepPage.findings.length)).toEqual([50, 50, 20]);
    expect(paths).toEqual(Array.from({ length: 120 }, (_, index) => `lib/part-${index}.dll`));
    const notes = (await walk(id, 'signing', { pass: 2, limit: 100 })).flatMap((stepPage) => stepPage.notes);
    expect(notes).toHaveLength(240);
    expect(new Set(notes.map((note) => note.seq)).size).toBe(240);
  });

  it('finds a file by a part of its path, in findings and entries', async () => {
    const id = await large(120);
    const found = await page(id, 'inspection', { pass: 2, file: 'ZIP › lib/PART-77' });
    expect(found.findings.map((finding) => finding.path[1])).toEqual(['lib/part-77.dll']);
    const notes = await page(id, 'signing', { pass: 2, file: 'part-77.dll' });
    expect(notes.notes.map((note) => note.kind)).toEqual(['sign.intent', 'sign.done']);
    for (const odd of ['%', "';--", '\\', '€'.repeat(200)]) {
      const nothing = await page(id, 'inspection', { pass: 2, file: odd });
      expect(nothing.findings.length).toBe(0);
      await listSignedFiles({ ctx: signed.ctx, input: { id, file: odd } });
    }
  });

  it.each([
    ['is too long, with both numbers', '😀'.repeat(201), 'File: 201 characters; at most 200.'],
    ['holds what no path can', 'a\0b', 'U+0000'],
  ])('refuses a search text that %s, and truncates nothing', async (_, file, words) => {
    const id = await large(3);
    const refusal = {
      code: 'QUERY_INVALID',
      message: expect.stringContaining(words) as string,
      fields: [{ field: 'file' }],
    };
    await expect(page(id, 'inspection', { pass: 2, file })).rejects.toMatchObject(refusal);
    await expect(listSignedFiles({ ctx: signed.ctx, input: { id, file } })).rejects.toMatchObject(refusal);
  });

  it('continues with the entry it began with when the step is repeated', async () => {
    const many = (rule: string) => Array.from({ length: 6 }, (_, index) => findingOf(rule, index));
    const id = await withEntries(...stepEntries(1, 'scan', 'retry', many('scan.first')));
    const first = await page(id, 'scan', { limit: 3 });
    await addEntries(owner, id, stepEntries(1, 'scan', 'pass', many('scan.second')));
    const second = await page(id, 'scan', { limit: 3, after: first.next ?? '' });
    expect(second.findings.map((finding) => [finding.rule, finding.path[1]])).toEqual(
      [3, 4, 5].map((index) => ['scan.first', `lib/part-${index}.dll`]),
    );
    expect((await page(id, 'scan')).findings[0]?.rule).toBe('scan.second');
  });

  it('refuses cursors that it never issued, and returns nothing of another request', async () => {
    const other = await withEntries(...stepEntries(1, 'scan', 'pass', [findingOf('scan.other', 1)]));
    const seq = (await stepOf(other, 'scan'))?.entry ?? 0n;
    const id = await withEntries(...stepEntries(1, 'scan', 'pass', [findingOf('scan.own', 1)]));
    expect((await page(id, 'scan', { after: `f.${seq}.0.0` })).findings).toEqual([]);
    for (const after of ['x', 'f.1.2.3', 'f.1.0', 'n.', 'n.1e3', `n.${'9'.repeat(30)}`, 'f.-1.0.1']) {
      await expect(page(id, 'scan', { after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
    await expect(listSignedFiles({ ctx: signed.ctx, input: { id, after: '_w' } })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
    expect(await readStep({ ctx: signed.ctx, input: { id, pass: 2, step: 'scan' } })).toBeNull();
    expect(await readRequest({ ctx: signed.ctx, input: { id, pass: 2 } })).toBeNull();
  });

  it('marks what can’t be read and still shows the rest', async () => {
    const broken = [findingOf('scan.file', 1), { outcome: 'pass' }, 7, null];
    const id = await withEntries(
      ['step.started', 'not JSON'],
      ['step.finished', '{"step":'],
      ['step.finished', '[1]'],
      ['step.finished', { pass: 1, step: 'scan', outcome: 'pass', durationMs: 1, findings: 'none' }],
      ['of.no.known.kind', { pass: 1 }],
      ...stepEntries(1, 'origin', 'pass', broken),
      ...stepEntries(1, 'policy', 'pass', [findingOf('policy.found', 1)]),
    );
    const { trace } = await overview(id);
    expect(trace.unreadable).toHaveLength(5);
    expect(trace.pass.steps.find((step) => step.step === 'policy')).toMatchObject({ counts: { pass: 1 } });
    expect(trace.pass.steps.find((step) => step.step === 'scan')?.state).toBe('passed');
  });

  it('reads entries without a pass, as the first ones were', async () => {
    const id = await withEntries(
      ['step.started', { step: 'policy' }],
      [
        'step.finished',
        { step: 'policy', outcome: 'fail', durationMs: 1, findings: [findingOf('policy.a', 1, 'fail')] },
      ],
      ['request.denied', { step: 'policy', summary: 'no' }],
    );
    expect((await overview(id)).trace.pass).toMatchObject({ number: 1, outcome: 'denied' });
    expect((await page(id, 'policy')).findings).toMatchObject([{ outcome: 'fail' }]);
  });

  it('shows a pass without reading signed files, once they were counted', async () => {
    const id = await large(3000);
    await owner.query('ANALYZE signer.journal');
    const db = openDatabase({ url: signed.urls.portal, connectionsMax: 1 });
    try {
      const input = { requestId: id, submittedAt: new Date(), status: 'completed', pass: null } as const;
      expect((await readTrace(db, input))?.signing.entries).toBe(6000);
      const before = await entriesRead(db);
      expect((await readTrace(db, input))?.signing).toEqual({ entries: 6000, shown: 5 });
      const [place] = await findPasses(db, { requestId: id, upTo: null, limit: 1 });
      if (place === undefined) throw new Error('no pass');
      const asked = { requestId: id, pass: place, kinds: ['request.released'], after: -1n, file: null };
      expect((await readNotes(db, { ...asked, limit: 10 })).rows).toHaveLength(1);
      expect((await entriesRead(db)) - before).toBeLessThan(1000);
    } finally {
      await db.$disconnect();
    }
  });

  it('can still be read if the release entry exceeds every bound because of many signed files', async () => {
    const signatures = Array.from({ length: 1_000 }, (_, index) => ({
      path: ['a.zip', `folder/part-${index}.dll`],
      timestampedAt: null,
      unsignedSha256: 'a'.repeat(64),
      signedSha256: 'b'.repeat(64),
    }));
    const released = { artifactSha256: 'c'.repeat(64), artifactSizeBytes: 1, certificateSerial: '0a' };
    const body = { pass: 1, ...released, signatures };
    const id = await withEntries(...stepEntries(1, 'release', 'pass'), ['request.released', body]);
    expect((await overview(id)).trace).toMatchObject({ unreadable: [], pass: { outcome: 'released' } });
    expect((await page(id, 'release')).unreadable).toEqual([]);
  });

  it('tells which lists were written anew, the first hundred of many, and nothing where the entry makes no sense', async () => {
    const released = { artifactSha256: 'c'.repeat(64), artifactSizeBytes: 1, certificateSerial: '0a' };
    const list = (path: readonly string[]) => {
      const [inspectedSha256, releasedSha256] = ['a'.repeat(64), 'b'.repeat(64)];
      return { path, inspectedSha256, releasedSha256, fields: 2 };
    };
    const rewritten = async (followed: unknown) => {
      const body = { pass: 1, ...released, signatures: [], followed };
      const id = await withEntries(...stepEntries(1, 'release', 'pass'), ['request.released', body]);
      return readRewrittenLists({ ctx: signed.ctx, input: { id } });
    };
    expect(await rewritten([list(['a.zip', 'SHA256SUMS'])])).toEqual({
      lists: [{ ...list([]), path: 'a.zip!/SHA256SUMS' }],
      total: 1,
    });
    const many = await rewritten(Array.from({ length: 150 }, (_, at) => list([`${at}.sha256`])));
    expect([many.lists.length, many.total]).toEqual([100, 150]);
    const none = await withEntries(...stepEntries(1, 'release', 'pass'), [
      'request.released',
      { pass: 1, ...released, signatures: [] },
    ]);
    expect(await readRewrittenLists({ ctx: signed.ctx, input: { id: none } })).toEqual({
      lists: [],
      total: 0,
    });
    expect((await rewritten('rubbish')).lists).toEqual([]);
    expect((await rewritten([{ path: 'rubbish' }])).lists).toEqual([]);
  });

  it('continues an interrupted search for a file, and finds it', async () => {
    const files = Array.from({ length: searchedMax + 50 }, (_, index) => index);
    const id = await withEntries(
      ...stepEntries(1, 'signing', 'pass'),
      ...files.map((index) => done({ path: ['a.zip', `part-${index}.dll`] })),
    );
    const pages = await walk(id, 'signing', { file: `part-${searchedMax + 7}.dll` });
    expect(pages.map((stepPage) => stepPage.notes.length)).toEqual([0, 1]);
    const unfound = await walk(id, 'signing', { file: 'no such file' });
    expect(unfound.map((stepPage) => [stepPage.notes.length, stepPage.next === null])).toEqual([
      [0, false],
      [0, true],
    ]);
  });

  it('counts what is added to a pass, and what the next one has not', async () => {
    const id = await withEntries(...stepEntries(1, 'signing', 'retry'), intent(1));
    const signing = async (pass?: number) => (await overview(id, pass)).trace.signing.entries;
    expect(await signing()).toBe(1);
    await addEntries(owner, id, [done(), intent(1)]);
    expect(await signing()).toBe(3);
    const [seen] = await findPasses(signed.ctx.db, { requestId: id, upTo: null, limit: 1 });
    await addEntries(owner, id, [...stepEntries(2, 'signing', 'pass').slice(0, 1), intent(2)]);
    // Somebody found the passes before the second one began, and counts after that.
    if (seen === undefined) throw new Error('no pass');
    await countNotes(signed.ctx.db, id, seen, signingKinds);
    expect([await signing(1), await signing(2)]).toEqual([3, 1]);
  });

  it('shows entries of unknown kinds, and known entries whatever else there is', async () => {
    const strange = Array.from({ length: 80 }, (_, index): SeededEntry => [`a.kind-${index + 100}`, {}]);
    const id = await withEntries(
      ...stepEntries(1, 'scan', 'pass'),
      ...strange,
      ...stepEntries(1, 'inspection', 'pass'),
    );
    const { trace } = await overview(id);
    expect(trace.unreadable).toHaveLength(50);
    expect(trace.pass.steps.filter((step) => step.state === 'passed').map((step) => step.step)).toEqual(
      expect.arrayContaining(['scan', 'inspection']),
    );
  });

  it('lists earlier passes in pages, each with how it ended', async () => {
    const passes = Array.from({ length: 50 }, (_, index) => stepEntries(index + 1, 'scan', 'retry'));
    const id = await withEntries(...passes.flat());
    const { trace } = await overview(id);
    expect([trace.pass.number, trace.earlier.length, trace.more]).toEqual([50, 20, 30]);
    expect(trace.earlier[0]).toMatchObject({ number: 49, outcome: 'retrying' });
    const older = (await overview(id, 30)).trace;
    expect([older.pass.number, older.newest, older.earlier[0]?.number]).toEqual([30, false, 29]);
    expect((await overview(id, 1)).trace).toMatchObject({ earlier: [], more: null });
  });

  it('bounds a page by its size, and loses nothing by that', async () => {
    const long = (index: number) => ({ ...findingOf('scan.file', index), found: 'x'.repeat(19_000) });
    const id = await withEntries(
      ...stepEntries(
        1,
        'scan',
        'pass',
        Array.from({ length: 100 }, (_, index) => long(index)),
      ),
    );
    const pages = await walk(id, 'scan', { limit: 100 });
    for (const stepPage of pages)
      expect(JSON.stringify(stepPage.findings).length).toBeLessThan(pageCharactersMax);
    expect(pages.flatMap((stepPage) => stepPage.findings)).toHaveLength(100);
    expect(JSON.stringify((await stepOf(id, 'scan'))?.findings).length).toBeLessThan(20_000);
  });

  it('reads a step of more findings than an entry was once allowed', async () => {
    const findings = Array.from({ length: 12_000 }, (_, index) => findingOf('scan.file', index));
    const id = await withEntries(...stepEntries(1, 'scan', 'pass', findings));
    expect((await stepOf(id, 'scan'))?.counts.pass).toBe(12_000);
    expect((await page(id, 'scan', { file: 'part-11999.dll' })).findings).toHaveLength(1);
  });

  it('lists signed files by path, in pages', async () => {
    const id = await large(60);
    const ask = (after?: string) => listSignedFiles({ ctx: signed.ctx, input: { id, after, limit: 25 } });
    const first = await ask();
    const second = await ask(first.next ?? '');
    const third = await ask(second.next ?? '');
    const paths = [first, second, third].flatMap(({ files }) => files.map((file) => file.path));
    expect([paths.length, new Set(paths).size, third.next, first.total]).toEqual([60, 60, null, 60]);
    expect(paths).toEqual(paths.toSorted());
    const found = await listSignedFiles({ ctx: signed.ctx, input: { id, file: 'PART-000042' } });
    expect([found.files.length, found.total, found.next]).toEqual([1, 1, null]);
  });

  it('calls an artifact that is signed itself by its name, and goes on behind it', async () => {
    const file = { serial: '01', timestampedAt: null };
    const id = await signed.release([
      { ...file, path: '' },
      { ...file, path: 'inside.dll' },
    ]);
    const ask = (after?: string) => listSignedFiles({ ctx: signed.ctx, input: { id, after, limit: 1 } });
    const first = await ask();
    const second = await ask(first.next ?? undefined);
    expect([first, second].map(({ files }) => files.map(({ path, name }) => [path, name]))).toEqual([
      [['', 'a.zip']],
      [['inside.dll', 'inside.dll']],
    ]);
    expect(second.next).toBeNull();
  });

  it('continues an interrupted search for a signed file, and finds it', async () => {
    const id = await signed.release([]);
    await owner.query(
      `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
         certificate_sha256, timestamped_at, signed_at)
       SELECT gen_random_uuid(), $1::uuid, 'a.zip!/' || lpad(n::text, 6, '0') || '.dll', repeat('a', 64),
              encode(sha256((n || $1::text)::bytea), 'hex'), '01', repeat('0', 64), now(), now()
         FROM generate_series(1, $2::int) AS n`,
      [id, pathsSearchedMax + 10],
    );
    const ask = (file: string, after?: string) =>
      listSignedFiles({ ctx: signed.ctx, input: { id, file, after, limit: 5 } });
    const late = String(pathsSearchedMax + 7).padStart(6, '0');
    const first = await ask(late);
    expect([first.files, first.total]).toEqual([[], null]);
    const second = await ask(late, first.next ?? '');
    expect([second.files.map((file) => file.path), second.next]).toEqual([[`a.zip!/${late}.dll`], null]);
    const early = await ask('00000');
    expect([early.files.length, early.next === null]).toEqual([5, false]);
  });

  it('recounts what is still being signed, and counts once what is released', async () => {
    const id = await large(3);
    const total = async () => (await overview(id)).signatures.total;
    await owner.query('DELETE FROM signer.release WHERE request_id = $1', [id]);
    expect(await total()).toBe(3);
    await owner.query(
      `INSERT INTO signer.signature (id, request_id, path, unsigned_sha256, signed_sha256, certificate_serial,
         certificate_sha256, timestamped_at, signed_at)
       SELECT gen_random_uuid(), request_id, path || '.more', unsigned_sha256, signed_sha256, certificate_serial,
              certificate_sha256, timestamped_at, signed_at FROM signer.signature WHERE request_id = $1 LIMIT 1`,
      [id],
    );
    expect(await total()).toBe(4);
  });
});
