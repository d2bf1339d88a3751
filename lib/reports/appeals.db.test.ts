import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { identitiesOf } from '#core/policy/index.ts';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { rolesOf } from '../platform/auth/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { closeReport, listReports, sendReport, type ReportInput } from './index.ts';

const serial = '5a3c01';
const notice = `apiVersion: countersign/v1
kind: Revocation
serial: ${serial}
project: esbuild-demo
certificate: release
trigger: malware
reason: privilegeWithdrawn
effectiveAt: '2026-11-20T00:00:00Z'
statement: A build was tampered with.
`;
const reinstated = `${notice}reinstated:
  decidedAt: '2026-11-27T00:00:00Z'
  statement: The maintainer was replaced.
`;
const policyOf = (text: string) => changed({ [`revocations/${serial}.yaml`]: text });

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
let snapshot = policyOf(notice);

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  await client.query(
    `INSERT INTO signer.accepted_snapshot (commit, parent, accepted_at, signers)
     VALUES ($1, NULL, now(), '{demo-maintainer}')`,
    [snapshot.commit],
  );
  await client.end();
});
beforeEach(async () => {
  snapshot = policyOf(notice);
  await db.report.updateMany({ data: { closedAt: new Date() } });
  await db.notification.deleteMany({});
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

const as = (handle: string): Context => {
  const person = parsePersonHandle(handle);
  return {
    db,
    now: () => new Date(),
    config: {},
    policies: { at: () => Promise.resolve({ files: new Map(), snapshot }) },
    actor: {
      kind: 'person',
      handle: person,
      name: handle,
      development: true,
      roles: rolesOf(snapshot, person),
      identity: identitiesOf(snapshot.people.get(person)?.value ?? {})[0],
    },
  } as unknown as Context;
};
const appeal = (handle: string, changes: Partial<ReportInput> = {}) =>
  sendReport({
    ctx: as(handle),
    input: {
      kind: 'appeal',
      project: 'esbuild-demo',
      serial,
      fileSha256: '',
      links: '',
      contact: '',
      description: 'The account that did it is gone, and all keys are new.',
      ...changes,
    },
  });
const close = async (handle: string, outcome: string) => {
  const [first] = await listReports({ ctx: as('demo-reviewer') });
  const input = { id: first?.id ?? 0, outcome, answer: 'The builds of that week were bad.' };
  return closeReport({ ctx: as(handle), input });
};

describe('an appeal', () => {
  it('is made by the project’s own people, about an existing revocation, one at a time', async () => {
    const { dueAt } = await appeal('demo-approver');
    expect(dueAt.getTime()).toBeGreaterThan(Date.now() + 13 * 86_400_000);
    const again = { message: expect.stringContaining('isn’t decided yet') as string };
    await expect(appeal('demo-approver')).rejects.toMatchObject(again);
    await expect(appeal('demo-steward')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(appeal('demo-approver', { serial: '5a3c02' })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(appeal('demo-approver', { project: 'other' })).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('is accepted once if two are sent concurrently', async () => {
    const input = {
      kind: 'appeal',
      project: 'esbuild-demo',
      serial,
      fileSha256: '',
      links: '',
      contact: '',
      description: 'The account that did it is gone, and all keys are new.',
    } as const;
    const send = () => sendReport({ ctx: patientContext(as('demo-approver')), input });
    const ended = await behindLock(urls.portal, advisoryLock(`countersign:appeal:${serial}`), send, send);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await db.report.count({ where: { kind: 'appeal', closedAt: null } })).toBe(1);
  });

  it('ends with an outcome for appeals, and its team is notified', async () => {
    await appeal('demo-approver');
    await expect(close('demo-reviewer', 'no-grounds')).rejects.toMatchObject({ code: 'INVALID' });
    await db.notification.deleteMany({});
    expect(await close('demo-reviewer', 'upheld')).toBeNull();
    const told = await db.notification.findMany();
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({ kind: 'project-news', path: `/revocations/${serial}` });
  });

  it('can’t be decided by the project’s people, nor by the proposer of the revocation', async () => {
    await appeal('demo-approver');
    await expect(close('demo-maintainer', 'upheld')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await db.auditEvent.create({
      data: {
        actor: 'person:demo-reviewer',
        action: 'revocation.proposed',
        at: new Date(),
        subject: `certificate:${serial}`,
        detail: {},
      },
    });
    await expect(close('demo-reviewer', 'upheld')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await close('demo-assessor', 'upheld')).toBeNull();
  });

  it('is refused if the project is already reinstated', async () => {
    snapshot = policyOf(reinstated);
    const why = { message: expect.stringContaining('reinstated already') as string };
    await expect(appeal('demo-approver')).rejects.toMatchObject(why);
  });
});
