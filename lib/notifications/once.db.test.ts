import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { openDatabase } from '../platform/db/index.ts';
import { notifyOnce, unsentNotices, type Notice } from './once.ts';

const action = 'certificate.told';
const now = () => new Date('2026-11-27T12:00:00Z');

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
let other: typeof db;
beforeAll(async () => {
  urls = await testDatabase();
  [db, other] = [openDatabase({ url: urls.portal }), openDatabase({ url: urls.portal })];
});
afterAll(async () => {
  await Promise.all([db.$disconnect(), other.$disconnect()]);
  await urls.release();
});

const all: readonly Notice[] = ['a', 'b'].flatMap((subject) =>
  ['due', 'late'].map((key) => ({ subject, key })),
);
const untold = async (of: typeof db) =>
  (await unsentNotices(of, action, all, (news) => news)).map(({ subject, key }) => `${subject} ${key}`);
const tell = (of: typeof db, news: Notice, send = async () => 1) =>
  notifyOnce({ db: of, now }, { action, ...news }, send);

it('a notice is sent once per subject and key, whoever notices the event', async () => {
  expect(await untold(db)).toEqual(['a due', 'a late', 'b due', 'b late']);
  await tell(other, { subject: 'a', key: 'due' });
  expect(await untold(db)).toEqual(['a late', 'b due', 'b late']);
  let sent = 0;
  const send = async () => (sent += 1);
  // At once, by two portals, after a third: nobody is told twice.
  await Promise.all([db, other].map((of) => tell(of, { subject: 'b', key: 'late' }, send)));
  await tell(other, { subject: 'a', key: 'due' }, send);
  expect(sent).toBe(1);
  expect(await untold(db)).toEqual(['a late', 'b due']);
  expect(await untold(other)).toEqual(['a late', 'b due']);
});

it('a notice is sent once by two concurrent portals', async () => {
  let sent = 0;
  const told = () =>
    notifyOnce(
      { ...patientContext({ db }), now },
      { action, subject: 'c', key: 'due' },
      async () => (sent += 1),
    );
  await behindLock(urls.owner, advisoryLock(`countersign:${action}`), told, told);
  expect(sent).toBe(1);
});

it('a notice that couldn’t be sent is still pending', async () => {
  const failing = tell(db, { subject: 'a', key: 'late' }, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await untold(db)).toContain('a late');
});
