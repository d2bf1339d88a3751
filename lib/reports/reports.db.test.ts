import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  acknowledgeReport,
  closeReport,
  listReports,
  readReceipt,
  readReport,
  sendReport,
  type ReportInput,
} from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
let now = new Date('2026-11-27T12:00:00Z');

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
});
beforeEach(() => {
  now = new Date('2026-11-27T12:00:00Z');
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

/** No policy is accepted yet: reports are taken in all the same. */
const as = (roles: { foundationReviewer: boolean; policyMaintainer: boolean } | null): Context =>
  ({
    db,
    now: () => now,
    actor:
      roles === null
        ? { kind: 'public' }
        : {
            kind: 'person',
            identity: onGitHub('7'),
            handle: 'robin',
            name: 'Robin',
            roles: { ...roles, projects: new Map() },
          },
  }) as unknown as Context;
const reviewer = (): Context => as({ foundationReviewer: true, policyMaintainer: false });
const said = (changes: Partial<ReportInput> = {}): ReportInput => ({
  kind: 'malware',
  project: '',
  serial: '',
  fileSha256: '',
  links: '',
  contact: '',
  description: 'The installer opens a shell to another host.',
  ...changes,
});
let networks = 0;
/** Each from a network of its own: how many one may send has a test of its own. */
const send = (changes: Partial<ReportInput> = {}) =>
  sendReport({ ctx: { ...as(null), network: `test-${(networks += 1)}` }, input: said(changes) });
const newest = async () => {
  const reports = await listReports({ ctx: reviewer() });
  return reports.reduce((a, b) => (a.id > b.id ? a : b));
};

describe('a report', () => {
  it.each([
    ['malware', 24],
    ['key-compromised', 24],
    ['conditions-breached', 120],
    ['other', 120],
  ])('of %s has to be decided within %d hours', async (kind, hours) => {
    const { token, dueAt } = await send({ kind });
    expect(dueAt.getTime() - now.getTime()).toBe(hours * 3_600_000);
    expect(await readReceipt({ ctx: { db }, input: { token } })).toMatchObject({
      kind,
      dueAt,
      acknowledgedAt: null,
    });
  });

  it('shows the holder of its receipt what it is about, and not what is confidential', async () => {
    const { token } = await send({
      serial: '5A:3C:01',
      fileSha256: 'AB'.repeat(32),
      project: 'widget',
      contact: 'me@example.org',
      links: 'https://a.example/1',
    });
    const receipt = await readReceipt({ ctx: { db }, input: { token } });
    expect(receipt).toMatchObject({
      serial: '5a3c01',
      fileSha256: 'ab'.repeat(32),
      project: 'widget',
      links: ['https://a.example/1'],
    });
    const { description } = await newest();
    expect(JSON.stringify(receipt)).not.toContain(description);
    expect(JSON.stringify(receipt)).not.toContain('me@example.org');
  });

  it('accepts serial numbers and digests as certificates and tools write them', async () => {
    await send({
      serial: '5A:3C:01',
      fileSha256: 'AB'.repeat(32),
      project: 'widget',
      contact: 'me@example.org',
      links: 'https://a.example/1\r\n\r\nhttp://b.example/2',
    });
    expect(await newest()).toMatchObject({
      serial: '5a3c01',
      fileSha256: 'ab'.repeat(32),
      project: 'widget',
      contact: 'me@example.org',
      links: ['https://a.example/1', 'http://b.example/2'],
    });
  });

  it.each([
    [{ kind: '' }, 'What is wrong'],
    [{ kind: 'constructor' }, 'What is wrong'],
    [{ description: 'bad' }, '3 characters; at least 20'],
    [{ description: 'x'.repeat(10_001) }, '10,001 characters; at most 10,000'],
    [{ description: `${'x'.repeat(30)}\0` }, 'U+0000'],
    [{ serial: 'rubbish' }, 'hexadecimal'],
    [{ fileSha256: 'abc' }, '64 hexadecimal'],
    [{ links: 'javascript:alert(1)' }, 'https://'],
    [{ links: 'https://user:pass@host/' }, 'https://'],
    [{ links: 'https://host/\0' }, 'U+0000'],
    [{ links: 'https://host/ '.repeat(21) }, '21; at most 20'],
    [{ contact: 'x'.repeat(201) }, '201 characters; at most 200'],
    [{ project: '../x' }, 'project'],
  ])('is refused at the field if it says %j', async (changes, words) => {
    const [field] = Object.keys(changes);
    await expect(send(changes)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining(words) as string,
      fields: [{ field, message: expect.stringContaining(words) as string }],
    });
  });

  it('is refused with all its mistakes at once', async () => {
    await expect(send({ kind: '', description: '', serial: 'x', links: 'x' })).rejects.toMatchObject({
      fields: [{ field: 'kind' }, { field: 'description' }, { field: 'serial' }, { field: 'links' }],
    });
  });

  it('from one network stops none from another, however many it sends', async () => {
    const from = (network: string | null) => sendReport({ ctx: { ...as(null), network }, input: said() });
    for (let count = 0; count < 10; count += 1) await from('198.51.100.0/24');
    for (let count = 0; count < 5; count += 1) {
      await expect(from('198.51.100.0/24')).rejects.toMatchObject({ code: 'TOO_OFTEN' });
    }
    await expect(from('203.0.113.0/24')).resolves.toBeDefined();
    await expect(from('2001:db8:1::/48')).resolves.toBeDefined();
  });

  it('is read by reviewers and policy maintainers alone', async () => {
    await send();
    const { id } = await newest();
    for (const ctx of [as(null), as({ foundationReviewer: false, policyMaintainer: false })]) {
      await expect(listReports({ ctx })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      await expect(readReport({ ctx, input: { id } })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      await expect(acknowledgeReport({ ctx, input: { id } })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      await expect(
        closeReport({ ctx, input: { id, outcome: 'revoked', answer: 'x' } }),
      ).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
      });
    }
    const maintainer = as({ foundationReviewer: false, policyMaintainer: true });
    expect(await readReport({ ctx: maintainer, input: { id } })).toMatchObject({ id });
  });

  it('is late after its deadline, until it is decided, and is decided by one person', async () => {
    const { token } = await send();
    const { id } = await newest();
    now = new Date(now.getTime() + 24 * 3_600_000 + 1);
    expect(await readReport({ ctx: reviewer(), input: { id } })).toMatchObject({ late: true });
    await acknowledgeReport({ ctx: reviewer(), input: { id } });
    const close = () =>
      closeReport({ ctx: reviewer(), input: { id, outcome: 'no-grounds', answer: ' It was a test. ' } });
    const ended = await Promise.allSettled([close(), close()]);
    expect(ended.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await readReport({ ctx: reviewer(), input: { id } })).toMatchObject({
      late: false,
      outcome: 'no-grounds',
    });
    expect(await readReceipt({ ctx: { db }, input: { token } })).toMatchObject({ answer: 'It was a test.' });
    await expect(acknowledgeReport({ ctx: reviewer(), input: { id } })).rejects.toMatchObject({
      code: 'ALREADY_CLOSED',
    });
  });

  it('is decided once if two people decide concurrently', async () => {
    await send();
    const { id } = await newest();
    const close = () =>
      closeReport({
        ctx: patientContext(reviewer()),
        input: { id, outcome: 'no-grounds', answer: 'A test.' },
      });
    const lock = `SELECT 1 FROM portal.report WHERE id = ${id} FOR UPDATE`;
    const ended = await behindLock(urls.owner, { lock }, close, close);
    expect(ended.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ended.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'ALREADY_CLOSED' },
    });
    const closed = { action: 'report.closed', subject: `report:${id}` };
    expect(await db.auditEvent.count({ where: closed })).toBe(1);
  });

  it('can’t be removed, nor read by the signer', async () => {
    await expect(db.report.deleteMany({})).rejects.toThrow();
    const signer = openDatabase({ url: urls.signer });
    await expect(signer.report.findMany()).rejects.toThrow();
    await signer.$disconnect();
  });

  it('isn’t found by guessing', async () => {
    expect(await readReceipt({ ctx: { db }, input: { token: '0'.repeat(32) } })).toBeNull();
    expect(await readReceipt({ ctx: { db }, input: { token: "' OR 1=1 --" } })).toBeNull();
  });
});
