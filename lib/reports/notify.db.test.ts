import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { remindOfReports, sendReport, notifyOfReports } from './index.ts';

const snapshot = changed({});
const reviewers = [...snapshot.people.values()].filter(({ value }) =>
  value.roles?.includes('reviewer'),
).length;
const start = new Date('2026-11-28T12:00:00Z');
const minutes = (count: number): Date => new Date(start.getTime() + count * 60_000);

let urls: Awaited<ReturnType<typeof testDatabase>> | null = null;
let db: ReturnType<typeof openDatabase>;
let now = start;
let networks = 0;

const close = async (): Promise<void> => {
  if (urls === null) return;
  await db.$disconnect();
  await urls.release();
};
beforeEach(async () => {
  await close();
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  now = start;
  const signer = openDatabase({ url: urls.signer });
  await signer.acceptedSnapshot.create({
    data: { commit: snapshot.commit, signers: ['mara'], acceptedAt: start },
  });
  await signer.$disconnect();
});
afterAll(close);

const portal = (): Portal =>
  ({
    db,
    now: () => now,
    config: {},
    policies: { at: () => Promise.resolve({ files: new Map(), snapshot }) },
  }) as unknown as Portal;
const input = {
  kind: 'malware',
  project: '',
  serial: '',
  fileSha256: '',
  links: '',
  contact: '',
  description: 'The installer opens a shell to another host.',
};
const asStranger = (): Context => ({
  ...portal(),
  actor: { kind: 'public' },
  network: `test-${(networks += 1)}`,
});
/** Each from a network of its own: how many one may send has a test of its own. */
const send = async (count: number, ctx: () => Context = asStranger): Promise<void> => {
  for (let sent = 0; sent < count; sent += 1) await sendReport({ ctx: ctx(), input });
};
/** Messages to one reviewer. */
const told = async (): Promise<readonly { subject: string; body: string }[]> => {
  const all = await db.notification.findMany({ orderBy: { id: 'asc' } });
  const [first] = all;
  const ofFirst = all.filter((message) => message.accountId === first?.accountId);
  expect(all).toHaveLength(ofFirst.length * reviewers);
  return ofFirst;
};

describe('reviewers', () => {
  it('are notified of the first anonymous reports one by one, and of a flood in one message', async () => {
    await send(40);
    expect(await told()).toHaveLength(3);
    now = minutes(14);
    await notifyOfReports(portal());
    expect(await told()).toHaveLength(3);
    now = minutes(15);
    await Promise.all([notifyOfReports(portal()), notifyOfReports(portal())]);
    await notifyOfReports(portal());
    const messages = await told();
    expect(messages).toHaveLength(4);
    expect(messages[3]?.subject).toBe('37 more reports from people without an account');
    expect(messages[3]?.body).toContain(
      'Report 4: it is malware, or contains some. To be decided by 2026-11-29 12:00 UTC.',
    );
    expect(messages[3]?.body).toContain('… and 17 more.');
    // The flood goes on: nobody is told one by one until an hour after the last message.
    now = minutes(20);
    await send(5);
    now = minutes(40);
    await notifyOfReports(portal());
    expect((await told()).map(({ subject }) => subject).slice(4)).toEqual([
      '5 more reports from people without an account',
    ]);
    now = minutes(101);
    await send(1);
    expect((await told()).at(-1)?.subject).toBe('Report 46: it is malware, or contains some');
  });

  it('are notified at once of reports from accounts, whatever anonymous visitors do', async () => {
    await send(6);
    const before = (await told()).length;
    const actor = { kind: 'account', identity: onGitHub('7'), name: 'Nora', development: false } as const;
    await send(1, () => ({ ...portal(), actor }));
    expect((await told()).length).toBe(before + 1);
  });

  it('are not notified of a report that was decided meanwhile', async () => {
    await send(4);
    await db.report.updateMany({ data: { closedAt: start, closedBy: '7', outcome: 'duplicate' } });
    now = minutes(30);
    await notifyOfReports(portal());
    expect(await told()).toHaveLength(3);
  });

  it('are reminded once, and of many in one message', async () => {
    await send(30);
    now = minutes(15);
    await notifyOfReports(portal());
    now = minutes(12 * 60);
    await Promise.all([remindOfReports(portal()), remindOfReports(portal())]);
    await remindOfReports(portal());
    expect((await told()).slice(4).map(({ subject }) => subject)).toEqual([
      '30 reports are still open, with half of the time gone',
    ]);
  });
});
