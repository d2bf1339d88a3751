import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { openDatabase } from '../platform/db/index.ts';
import { certificate, now, revocation } from './certificate.fixture.ts';
import { certificateNeeds, sendIssuanceNotices } from './notify-issuance.ts';

const snapshot = changed({});
const of = (project: string, name: string) => certificate(`${project}-${name}`, project, 400, { name });
const others = [of('zip-demo', 'release'), of('zip-demo', 'test')];
const all = [...others, of('esbuild-demo', 'release'), of('esbuild-demo', 'test')];
const wanted = (given: typeof all, on = snapshot) =>
  certificateNeeds(given, on).flatMap(({ slug, what }) => (what === 'wanted' ? [slug] : []));

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

describe('certificates that nobody has issued', () => {
  it('are those that an active project’s policies name, by project and name', () => {
    expect(wanted(all)).toEqual([]);
    expect(wanted(others)).toEqual(['esbuild-demo']);
    expect(wanted([...others, of('esbuild-demo', 'release')])).toEqual(['esbuild-demo']);
    expect(wanted([...others, of('zip-demo', 'release'), of('another', 'test')])).toEqual(['esbuild-demo']);
  });

  it('don’t include those of which one expired or was revoked: that is another notice', () => {
    const gone = [
      certificate('01', 'esbuild-demo', -3, { name: 'release' }),
      certificate('02', 'esbuild-demo', 400, { name: 'test', revocation: revocation('02') }),
    ];
    expect(wanted([...others, ...gone])).toEqual([]);
  });

  it('count as issued only under the name in the policy', async () => {
    const own = changed({
      'foundation.yaml': [['kind: Foundation\n', 'kind: Foundation\nprojectCertificates: allowed\n']],
      'projects/esbuild-demo/policies/release-signing.yaml': [
        ['certificate:', 'publisher: project\ncertificate:'],
      ],
    });
    expect(wanted(all, own)).toEqual(['esbuild-demo']);
    const theirs = certificate('their', 'esbuild-demo', 400, { name: 'release', publisher: 'project' });
    expect(wanted([...all, theirs], own)).toEqual([]);
    const ctx = { db, now: () => now, config: {} } as Parameters<typeof sendIssuanceNotices>[0];
    await sendIssuanceNotices(ctx, own, all);
    const [told] = await db.notification.findMany();
    expect(told?.body).toContain('release: It is the project’s own, so the foundation can’t issue it.');
    expect(told?.body).toContain('npm run ceremony -- import');
    expect(told?.body).toContain('test: The foundation issues it');
    await db.notification.deleteMany({});
  });

  it('are notified once to the foundation’s operators and, once issued, to their own team only', async () => {
    const ctx = { db, now: () => now, config: {} } as Parameters<typeof sendIssuanceNotices>[0];
    const tell = (given: typeof all) => sendIssuanceNotices(ctx, snapshot, given);
    const news = () => db.notification.findMany({ orderBy: { id: 'asc' } });
    await tell(all);
    expect(await news()).toEqual([]);
    await Promise.all([tell(others), tell(others)]);
    const alerts = await news();
    // Mara, Robin, Sam and the foundation's other reviewers, each once; nobody of the team alone.
    expect(new Set(alerts.map(({ accountId }) => accountId)).size).toBe(alerts.length);
    expect(alerts.length).toBeGreaterThan(2);
    expect(alerts[0]).toMatchObject({
      kind: 'foundation-alert',
      subject: expect.stringContaining('waits for its certificates: release, test') as string,
      body: expect.stringContaining('npm run issue -- --ceremony') as string,
    });
    await tell(all);
    await tell(all);
    const issued = (await news()).slice(alerts.length);
    expect(new Set(issued.map(({ kind }) => kind))).toEqual(new Set(['project-news']));
    expect(issued[0]?.path).toBe('/projects/esbuild-demo/first-release');
    expect(new Set(issued.map(({ accountId }) => accountId)).size).toBe(issued.length);
  });
});
