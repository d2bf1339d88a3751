import { afterAll, beforeAll, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import { checkReadiness, openReportsMax } from '../platform/health/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { sendReport } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
const now = new Date('2026-11-28T12:00:00Z');

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

it('anonymous visitors are refused once disk space runs low, accounts are not, and operators are alerted', async () => {
  const portal = { db, config: {}, buildKeys: { states: () => [] }, now: () => now } as unknown as Context;
  const stranger: Context = { ...portal, actor: { kind: 'public' }, network: '192.0.2.0/24' };
  const input = {
    kind: 'other',
    project: '',
    serial: '',
    fileSha256: '',
    links: '',
    contact: '',
    description: 'Something that somebody should look at.',
  };
  const components = async () =>
    (await checkReadiness(portal)).components.map((component) => component.component);
  const chunk = 1_000;
  for (let made = 0; made < openReportsMax - 1; made += chunk) {
    await db.report.createMany({
      data: Array.from({ length: Math.min(chunk, openReportsMax - 1 - made) }, (_, index) => ({
        token: `t${made + index}`,
        kind: 'other',
        links: [],
        description: 'x',
        reporter: 'public',
        receivedAt: now,
        dueAt: now,
      })),
    });
  }
  expect(await components()).not.toContain('reports');
  await expect(sendReport({ ctx: stranger, input })).resolves.toBeDefined();
  expect(await components()).toContain('reports');
  await expect(sendReport({ ctx: stranger, input })).rejects.toMatchObject({
    code: 'TOO_MANY_REPORTS',
    fix: expect.stringContaining('still here') as string,
  });
  const account = { kind: 'account', identity: onGitHub('7'), name: 'Nora', development: false } as const;
  await expect(sendReport({ ctx: { ...portal, actor: account }, input })).resolves.toBeDefined();
});
