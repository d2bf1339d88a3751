import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { openSigned } from '../signatures/open-signed.fixture.ts';
import { sendFailureNotices } from './notify-failures.ts';

const snapshot = changed({});
let signed: Awaited<ReturnType<typeof openSigned>>;
let owner: Client;
beforeAll(async () => {
  signed = await openSigned();
  owner = new Client({ connectionString: signed.urls.owner });
  await owner.connect();
});
beforeEach(async () => {
  await signed.clear();
  await signed.ctx.db.notification.deleteMany({});
});
afterAll(async () => {
  await owner.end();
  await signed.close();
});

async function request(status: string, daysAgo = 0): Promise<string> {
  const id = await signed.release([]);
  const at = new Date(signed.ctx.now().getTime() - daysAgo * 86_400_000);
  await owner.query(
    `UPDATE signer.request_state SET status = $2, summary = 'The signer met an error of its own.', updated_at = $3
      WHERE request_id = $1`,
    [id, status, at],
  );
  return id;
}
const messages = () => signed.ctx.db.notification.findMany({ orderBy: { id: 'asc' } });
const tell = () => sendFailureNotices(signed.ctx, snapshot);

describe('a request that failed', () => {
  it('is announced to every reviewer and policy maintainer once, with a link', async () => {
    const id = await request('failed');
    await Promise.all([tell(), tell()]);
    await tell();
    const told = await messages();
    const people = [...snapshot.people.values()].map(({ value }) => value);
    const members: readonly string[] = snapshot.trustRoot.value.policyMaintainers.members;
    const foundation = [...snapshot.people].filter(
      ([handle, { value }]) => members.includes(handle) || value.roles?.includes('reviewer') === true,
    );
    expect(foundation.length).toBeGreaterThan(1);
    expect(foundation.length).toBeLessThan(people.length);
    expect(told.map((message) => message.accountId).toSorted()).toEqual(
      foundation.map(([, { value }]) => value.identities?.github).toSorted(),
    );
    expect(told[0]).toMatchObject({ kind: 'foundation-alert', path: `/requests/${id}` });
    expect(told[0]?.body).toContain('an error of its own');
  });

  it('is announced once by two concurrent portals', async () => {
    const id = await request('failed');
    const waiting = () => sendFailureNotices(patientContext(signed.ctx), snapshot);
    const lock = advisoryLock(`countersign:request.failure-told:${id}`);
    await behindLock(signed.urls.owner, lock, waiting, waiting);
    const accounts = (await messages()).map((message) => message.accountId);
    expect(accounts.length).toBeGreaterThan(1);
    expect(new Set(accounts).size).toBe(accounts.length);
  });

  it('is announced for a month; other outcomes never are', async () => {
    for (const status of ['completed', 'denied', 'waiting-for-approval']) await request(status);
    await request('failed', 31);
    await tell();
    expect(await messages()).toEqual([]);
  });
});
