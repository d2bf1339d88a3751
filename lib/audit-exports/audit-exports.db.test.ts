import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { auditFileNames } from '#core/audit/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openObjectFolder } from '../host/object-store/index.ts';
import { openReceived, openReleased } from '../platform/storage/index.ts';
import { removeOrphans } from '../uploads/index.ts';
import {
  archiveOf,
  archiveSizeBytes,
  askForExport,
  askForLastMonth,
  listExports,
  makeExports,
  openExport,
  readExport,
} from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let work: Awaited<ReturnType<typeof testFolder>>;
let db: ReturnType<typeof openDatabase>;
let signer: ReturnType<typeof openDatabase>;
const secret = 'what somebody wrote in confidence';
const now = new Date('2026-12-05T12:00:00Z');
let ctx: Context;

beforeAll(async () => {
  urls = await testDatabase();
  work = await testFolder('audit-exports');
  db = openDatabase({ url: urls.portal });
  signer = openDatabase({ url: urls.signer });
});
afterAll(async () => {
  await db.$disconnect();
  await signer.$disconnect();
  await urls.release();
  await work.release();
});
let releasedFolder: string;
beforeEach(() => {
  const folder = join(work.folder, randomUUID());
  releasedFolder = join(folder, 'released');
  const roles = { auditor: true, policyMaintainer: false, foundationReviewer: false, projects: new Map() };
  ctx = {
    db,
    now: () => now,
    config: { upload: { unusedHours: 24 } },
    store: openReceived(join(folder, 'artifacts')),
    released: openReleased(releasedFolder),
    actor: { kind: 'person', identity: onGitHub('7'), handle: 'olga', name: 'Olga', roles },
  } as unknown as Context;
});

const event = (at: string, action: string, detail: object = {}) =>
  db.auditEvent.create({
    data: { at: new Date(at), actor: 'person:mara', action, subject: 'thing:1', detail },
  });
const november = { from: '2026-11-01', to: '2026-11-30' };
async function made(input = november) {
  const { id } = await askForExport({ ctx, input });
  for (let round = 0; (await readExport({ ctx, input: { id } }))?.state === 'waiting'; round += 1) {
    expect(round).toBeLessThan(20);
    await makeExports(ctx);
  }
  const view = await readExport({ ctx, input: { id } });
  if (view === null) throw new Error('no export');
  return view;
}
async function contentOf(id: string, file: string): Promise<string> {
  const [opened] = (await openExport({ ctx, input: { id, file } })) ?? [];
  return opened === undefined ? '' : new Response(opened.stream()).text();
}

describe('an export', () => {
  it('contains exactly the events of its period, without what people wrote', async () => {
    await event('2026-10-31T23:59:59.999Z', 'policy-change.merged', { commit: 'before' });
    await event('2026-11-01T00:00:00.000Z', 'policy-change.merged', { commit: 'first', note: secret });
    await event('2026-11-15T00:00:00.000Z', 'some.new-kind', { outcome: secret });
    await event('2026-11-30T23:59:59.999Z', 'report.closed', { outcome: 'revoked' });
    await event('2026-12-01T00:00:00.000Z', 'policy-change.merged', { commit: 'after' });
    const application = await db.application.create({
      data: {
        applicantId: '9',
        applicantName: 'Nora',
        status: 'rejected',
        answers: {},
        suggestions: {},
        createdAt: now,
        updatedAt: now,
      },
    });
    const review = await db.review.create({
      data: {
        applicationId: application.id,
        kind: 'first',
        state: 'closed',
        program: 'executables',
        reviewersNeeded: 1,
        openedAt: now,
        dueAt: now,
      },
    });
    await db.reviewDecision.create({
      data: {
        reviewId: review.id,
        reviewer: 'robin',
        reviewerId: '3',
        outcome: 'rejected',
        at: new Date('2026-11-20T00:00:00Z'),
        reasons: secret,
        conditions: secret,
        criteria: [{ id: 'known', verdict: 'not-met', evidence: [4], comment: secret }],
      },
    });
    const view = await made();
    expect(view).toMatchObject({ state: 'unsigned', digest: null });
    expect(view.files.map(({ name }) => name)).toEqual(auditFileNames('portal'));
    const all = new Map<string, string>();
    for (const { name } of view.files) all.set(name, await contentOf(view.id, name));
    for (const [name, text] of all) {
      const file = view.files.find((digestedFile) => digestedFile.name === name);
      expect(createHash('sha256').update(text).digest('hex'), name).toBe(file?.sha256);
      expect(text, name).not.toContain(secret);
    }
    const rows = (name: string) =>
      (all.get(name) ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows('audit-events.jsonl')).toMatchObject([
      { action: 'policy-change.merged', detail: { commit: 'first' } },
      { action: 'some.new-kind', actor: null, detail: {} },
      { action: 'report.closed', detail: { outcome: 'revoked' } },
    ]);
    expect(rows('decisions.jsonl')).toMatchObject([
      { decision: 'policy-change.merged' },
      {
        decision: 'review.decided',
        actor: 'person:robin',
        outcome: 'rejected',
        detail: {
          criteria: [{ id: 'known', verdict: 'not-met', evidence: [4] }],
          application: application.id,
        },
      },
      { decision: 'report.closed', outcome: 'revoked' },
    ]);
    expect(all.get('audit-events.csv')?.split('\r\n')[0]).toBe('id,at,actor,action,subject,detail');
    expect(view.files.map(({ rows: count }) => count)).toEqual([3, 3, 3, 3]);
  });

  it('can be longer than a database page, with each row once', async () => {
    const at = new Date('2026-07-10T10:00:00Z');
    const data = { at, actor: 'person:mara', action: 'review.claimed', subject: 'review:1', detail: {} };
    await db.auditEvent.createMany({ data: Array.from({ length: 1_201 }, () => data) });
    const view = await made({ from: '2026-07-01', to: '2026-07-31' });
    const lines = (await contentOf(view.id, 'audit-events.jsonl')).trimEnd().split('\n');
    expect(lines).toHaveLength(1_201);
    expect(new Set(lines).size).toBe(1_201);
  });

  it('keeps its files, and includes the signer’s once it has signed', async () => {
    const view = await made();
    const bytes = Buffer.from('{"seq":"1"}\n');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const sent = async function* () {
      yield await Promise.resolve(bytes);
    };
    // As the signer does.
    await openObjectFolder(releasedFolder).put({
      bytes: sent(),
      expectedSha256: null,
      sizeBytesMax: 100,
      sizeBytesExpected: null,
    });
    await signer.auditDigest.create({
      data: {
        number: 1,
        exportId: view.id,
        sha256,
        note: 'signed\n',
        signedAt: now,
        files: [{ name: 'journal.jsonl', sha256, sizeBytes: bytes.length, rows: 1 }],
      },
    });
    const later = { ...ctx, now: () => new Date('2027-12-05T12:00:00Z') };
    for (let part = 0; part < 256; part += 1) await removeOrphans(later, part.toString(16).padStart(2, '0'));
    const files = await openExport({ ctx, input: { id: view.id, file: null } });
    const names = ['journal.jsonl', ...auditFileNames('portal'), 'digest.note'];
    expect(files?.map(({ name }) => name)).toEqual(names);
    const chunks: Uint8Array[] = [];
    for await (const chunk of archiveOf(files ?? [], 'export', now)) chunks.push(chunk);
    const archive = Buffer.concat(chunks);
    expect(archive.length).toBe(archiveSizeBytes(files ?? []));
    writeFileSync(join(work.folder, 'all.tar'), archive);
    const listed = execFileSync('tar', ['-tf', 'all.tar'], { cwd: work.folder, encoding: 'utf8' });
    expect(listed.trimEnd().split('\n')).toEqual(names.map((name) => `export/${name}`));
    const unpacked = execFileSync('tar', ['-xOf', 'all.tar', 'export/journal.jsonl'], { cwd: work.folder });
    expect(unpacked).toEqual(bytes);
    expect(await readExport({ ctx, input: { id: view.id } })).toMatchObject({
      state: 'signed',
      digest: { number: 1 },
    });
  });

  it('is for auditors and policy maintainers, and records who downloaded what', async () => {
    const { id } = await made();
    const stranger = {
      ...ctx,
      actor: { kind: 'account', identity: onGitHub('1'), name: 'Sam', development: true },
    } as Context;
    const refused = { code: 'NOT_ALLOWED' };
    await expect(askForExport({ ctx: stranger, input: november })).rejects.toMatchObject(refused);
    await expect(listExports({ ctx: stranger, input: { before: null } })).rejects.toMatchObject(refused);
    await expect(readExport({ ctx: stranger, input: { id } })).rejects.toMatchObject(refused);
    await expect(openExport({ ctx: stranger, input: { id, file: null } })).rejects.toMatchObject(refused);
    await contentOf(id, 'decisions.csv');
    const taken = await db.auditEvent.findFirst({
      where: { action: 'audit.export-read', subject: `audit-export:${id}` },
    });
    expect(taken).toMatchObject({ actor: 'person:olga', detail: { file: 'decisions.csv' } });
    for (const [one, file] of [
      [id, '../../etc/passwd'],
      [id, 'digest.note'],
      ['x', null],
      [randomUUID(), null],
    ] as const)
      expect(await openExport({ ctx, input: { id: one, file } })).toBeNull();
  });

  it.each([
    ['', '', ['from', 'to']],
    ['yesterday', '2026-11-30', ['from']],
    ['2026-11-02', '2026-11-01', ['to']],
    ['2026-11-02', '2026-12-06', ['to']],
    ['2025-01-01', '2026-11-01', ['to']],
    ['2026-12-06', '2026-12-06', ['to']],
  ])('can’t be requested from %j to %j', async (from, to, fields) => {
    await expect(askForExport({ ctx, input: { from, to } })).rejects.toMatchObject({
      code: 'PERIOD_INVALID',
      fields: fields.map((field) => expect.objectContaining({ field }) as unknown),
    });
  });

  it('of today ends two minutes ago', async () => {
    const view = await made({ from: '2026-12-01', to: '2026-12-05' });
    expect(view.to).toEqual(new Date('2026-12-05T11:58:00Z'));
  });

  it('of the last month is requested by the portal, once', async () => {
    const later = { db, now: () => new Date('2027-03-01T01:00:00Z') };
    const february = {
      periodFrom: new Date('2027-02-01T00:00:00Z'),
      periodTo: new Date('2027-03-01T00:00:00Z'),
    };
    await Promise.all([askForLastMonth(later), askForLastMonth(later)]);
    await askForLastMonth(later);
    expect(await db.auditExport.findMany({ where: february })).toMatchObject([{ askedBy: 'portal' }]);
    const early = { db, now: () => new Date('2027-04-01T00:01:00Z') };
    await askForLastMonth(early);
    expect(await db.auditExport.count({ where: { periodTo: new Date('2027-04-01T00:00:00Z') } })).toBe(0);
  });

  it('is requested once by two concurrent portals', async () => {
    const later = { ...patientContext({ db }), now: () => new Date('2027-06-02T01:00:00Z') };
    const ask = () => askForLastMonth(later);
    await event('2027-05-15T00:00:00.000Z', 'report.closed');
    await behindLock(urls.owner, advisoryLock('countersign:audit-export'), ask, ask);
    expect(await db.auditExport.count({ where: { periodTo: new Date('2027-06-01T00:00:00Z') } })).toBe(1);
  });

  it('isn’t requested beyond thirty a day by two concurrent people', async () => {
    const day = patientContext({ ...ctx, now: () => new Date('2031-12-09T12:00:00Z') });
    const ask = () => askForExport({ ctx: day, input: november });
    for (let count = 0; count < 29; count += 1) await ask();
    const ended = await behindLock(urls.owner, advisoryLock('countersign:audit-export'), ask, ask);
    expect(ended.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('isn’t requested more than thirty times a day', async () => {
    // After all that the other tests asked for: what was asked later counts as of this day.
    const tomorrow = { ...ctx, now: () => new Date('2033-12-09T12:00:00Z') };
    const ask = () => askForExport({ ctx: tomorrow, input: november });
    for (let count = 0; count < 30; count += 1) await ask();
    await expect(ask()).rejects.toMatchObject({ code: 'TOO_MANY_EXPORTS' });
  });
});
