import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { certificate } from '../certificates/certificate.fixture.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { openDatabase } from '../platform/db/index.ts';
import { sendRevocationNotices } from './notify.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
const mail = { smtp: 'smtp://127.0.0.1:1', from: 'a@example.org' };
const ctx = () =>
  ({ db, now: () => new Date(), config: { mail } }) as Parameters<typeof sendRevocationNotices>[0];

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

const revoking = (serial: string, effectiveAt = '2026-11-20T00:00:00Z') =>
  changed({
    [`revocations/${serial}.yaml`]: `apiVersion: countersign/v1
kind: Revocation
serial: '${serial}'
project: esbuild-demo
certificate: release
trigger: malware
reason: privilegeWithdrawn
effectiveAt: '${effectiveAt}'
statement: A build was tampered with.
`,
  });

describe('a project’s people', () => {
  it('are told of a revocation once each, and the reviewers with them', async () => {
    const snapshot = revoking('5a3c01');
    await sendRevocationNotices(ctx(), snapshot, []);
    const first = await db.notification.findMany({ orderBy: { id: 'asc' } });
    expect(first.length).toBeGreaterThan(1);
    expect(new Set(first.map((message) => message.accountId)).size).toBe(first.length);
    const approver = [...snapshot.people].find(([handle]) => handle === 'demo-approver')?.[1].value.identities
      ?.github;
    const message = first.find((sent) => sent.accountId === approver);
    expect(message).toMatchObject({ kind: 'project-news', path: '/revocations/5a3c01' });
    expect(message?.subject).toMatch(/certificate release of .+ is revoked/);
    expect(message?.body).toContain('A build was tampered with.');
    expect(first.some((message) => message.kind === 'review-alert')).toBe(true);
    await Promise.all([
      sendRevocationNotices(ctx(), snapshot, []),
      sendRevocationNotices(ctx(), snapshot, []),
    ]);
    expect(await db.notification.count()).toBe(first.length);
  });

  it('are told by one of several portals that notice it at once', async () => {
    const snapshot = revoking('5a3c02');
    await Promise.all(Array.from({ length: 4 }, () => sendRevocationNotices(ctx(), snapshot, [])));
    const told = await db.notification.findMany();
    expect(new Set(told.map((message) => message.accountId)).size).toBe(told.length);
  });

  it('are told again where the date becomes an earlier one', async () => {
    await sendRevocationNotices(ctx(), revoking('5a3c03'), []);
    const once = await db.notification.count();
    await sendRevocationNotices(ctx(), revoking('5a3c03', '2026-11-10T00:00:00Z'), []);
    expect(await db.notification.count()).toBe(2 * once);
  });

  it('are told of their own certificate that its authority has to revoke it, which the foundation can’t', async () => {
    const own = certificate('5a3c04', 'esbuild-demo', 400, { publisher: 'project' });
    await sendRevocationNotices(ctx(), revoking('5a3c04'), [own]);
    const message = await db.notification.findFirst({ where: { kind: 'project-news' } });
    expect(message?.subject).toMatch(/certificate release of .+ is no longer used for signing$/);
    expect(message?.body).toContain('ask the authority that issued it');
    expect(message?.body).not.toMatch(/is revoked|gets a new certificate with a new key\.$/);
    await db.notification.deleteMany({});
    await sendRevocationNotices(ctx(), revoking('5a3c05'), [certificate('5a3c05', 'esbuild-demo', 400)]);
    const others = await db.notification.findMany();
    expect(others.length).toBeGreaterThan(0);
    for (const { body } of others) expect(body).not.toContain('authority');
  });

  it('are told once of all that is revoked together', async () => {
    const all = changed(
      Object.fromEntries(
        ['5a3c11', '5a3c12', '5a3c13'].map((serial) => [
          `revocations/${serial}.yaml`,
          `apiVersion: countersign/v1
kind: Revocation
serial: ${serial}
project: esbuild-demo
certificate: release
trigger: malware
reason: privilegeWithdrawn
effectiveAt: '2026-11-20T00:00:00Z'
statement: Two builds were tampered with.
`,
        ]),
      ),
    );
    await sendRevocationNotices(ctx(), all, []);
    const messages = await db.notification.findMany();
    expect(new Set(messages.map((message) => message.accountId)).size).toBe(messages.length);
    expect(messages[0]?.subject).toMatch(/^3 certificates of .+ are revoked$/);
    for (const serial of ['5a3c11', '5a3c12', '5a3c13']) expect(messages[0]?.body).toContain(serial);
    // Recorded one by one, the hundreds of a project take longer than a transaction may, and are begun again for ever.
    const [commands] = await db.$queryRaw<{ count: bigint }[]>`
      SELECT count(DISTINCT cmin::text) AS count FROM portal.audit_event WHERE subject LIKE 'certificate:5a3c1_'`;
    expect(commands?.count).toBe(2n);
    await db.notification.deleteMany({});
    await sendRevocationNotices(ctx(), all, []);
    expect(await db.notification.count()).toBe(0);
  });
});
