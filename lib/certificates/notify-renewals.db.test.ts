import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { openDatabase } from '../platform/db/index.ts';
import { certificate as certificateOf, now, revocation } from './certificate.fixture.ts';
import type { PublishedCertificate } from './list.ts';
import { renewalNotices, sendRenewalNotices } from './notify-renewals.ts';

const snapshot = changed({});

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
const ctx = () => ({ db, now: () => now, config: {} }) as Parameters<typeof sendRenewalNotices>[0];

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
});
beforeEach(async () => {
  await db.notification.deleteMany({});
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

const certificate = (serial: string, days: number, more: Partial<PublishedCertificate> = {}) =>
  certificateOf(serial, 'esbuild-demo', days, more);
const whatOf = (...all: readonly PublishedCertificate[]) =>
  renewalNotices(all, snapshot, now).map(({ what, certificate: one }) => `${one.serial} ${what}`);

describe('notices of certificates that expire', () => {
  it.each([
    ['are none while there is time', [certificate('01', 61)], []],
    ['come when a successor can be issued', [certificate('01', 59)], ['01 due']],
    ['come again when it is late', [certificate('01', 13)], ['01 late']],
    ['say that the successor is there', [certificate('01', 13), certificate('02', 455)], ['02 renewed']],
    [
      'announce a successor that doesn’t sign yet',
      [certificate('01', 50), certificate('02', 455, { usedFrom: new Date(now.getTime() + 86_400_000) })],
      ['02 announced'],
    ],
    [
      'say that an announced one signs, once its day has come',
      [certificate('01', 50), certificate('02', 455, { usedFrom: now })],
      ['02 renewed'],
    ],
    ['pass over what has run out', [certificate('01', -1)], []],
    ['skip what is revoked', [certificate('01', 13, { revocation: revocation('01'), hasNotice: true })], []],
    ['pass over the foundation’s own', [certificate('01', 13, { project: null, purpose: 'ocsp' })], []],
    ['pass over projects that nobody knows', [certificate('01', 13, { project: 'nobody' })], []],
    [
      'don’t treat certificates of another name as successors',
      [certificate('01', 13), certificate('02', 455, { name: 'other' })],
      ['01 late'],
    ],
  ])('%s', (_, certificates, expected) => {
    expect(whatOf(...certificates)).toEqual(expected);
  });
});

describe('people', () => {
  it('are notified once: reviewers in time, the team when it is late or done', async () => {
    const tell = (...all: readonly PublishedCertificate[]) => sendRenewalNotices(ctx(), snapshot, all);
    const kinds = async () => (await db.notification.findMany()).map(({ kind }) => kind);
    await Promise.all([tell(certificate('a1', 50)), tell(certificate('a1', 50))]);
    const due = await kinds();
    expect(due.length).toBeGreaterThan(0);
    expect(new Set(due)).toEqual(new Set(['review-alert']));
    await tell(certificate('a1', 50));
    expect(await kinds()).toHaveLength(due.length);
    await tell(certificate('a1', 10));
    const late = await db.notification.findMany({ where: { kind: 'project-news' } });
    expect(late.length).toBeGreaterThan(0);
    expect(late[0]?.subject).toContain('has no successor');
    await db.notification.deleteMany({});
    await tell(certificate('a1', 10), certificate('a2', 455));
    const renewed = await db.notification.findMany();
    expect(new Set(renewed.map(({ kind }) => kind))).toEqual(new Set(['project-news']));
    expect(renewed[0]?.body).toContain('a2');
  });

  it('are told of a successor before it signs, with the day, and whether the key stays', async () => {
    await db.notification.deleteMany({});
    const usedFrom = new Date('2026-12-11T00:00:00Z');
    const successor = certificate('c2', 455, { usedFrom, sharesKeyWith: ['c1'] });
    await sendRenewalNotices(ctx(), snapshot, [certificate('c1', 50), successor]);
    const told = await db.notification.findMany();
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['project-news']));
    expect(told[0]?.subject).toContain('used from 2026-12-11');
    expect(told[0]?.body).toContain('for the same key as before');
    await sendRenewalNotices(ctx(), snapshot, [certificate('c1', 50), successor]);
    expect(await db.notification.count()).toBe(told.length);
  });

  it('are notified that a project’s own certificate is renewed by its authority, the team in time; nobody to run npm run issue', async () => {
    for (const [serial, days] of [
      ['b1', 50],
      ['b2', 10],
    ] as const) {
      await db.notification.deleteMany({});
      await sendRenewalNotices(ctx(), snapshot, [certificate(serial, days, { publisher: 'project' })]);
      const told = await db.notification.findMany();
      expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['project-news', 'review-alert']));
      for (const { body } of told) {
        expect(body).toContain('npm run ceremony -- import');
        expect(body).not.toContain('npm run issue');
      }
    }
  });
});
