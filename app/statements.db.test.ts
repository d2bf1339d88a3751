/** How many statements a page or an answer takes: a few, and no more where there are many rows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFrom } from '../lib/platform/portal/current.fixture.ts';
import type { Portal } from '../lib/platform/portal/index.ts';
import { withSession } from '../lib/platform/auth/session.fixture.ts';
import { certificate, openSigned, project, revoking } from '../lib/signatures/open-signed.fixture.ts';
import HomePage from './(public)/page.tsx';
import CertificatesPage from './(public)/certificates/page.tsx';
import ProjectPage from './(public)/projects/[slug]/page.tsx';
import { GET as badge } from './(public)/projects/[slug]/badge.svg/route.ts';
import { GET as projectFeed } from './(public)/projects/[slug]/feed.xml/route.ts';
import ProjectsPage from './(public)/projects/page.tsx';
import RequestPage from './(public)/requests/[id]/page.tsx';
import RequestsPage from './(public)/requests/page.tsx';
import { GET as revocationsFeed } from './(public)/revocations/feed.xml/route.ts';
import RevocationsPage from './(public)/revocations/page.tsx';
import { GET as projectJson } from './api/v1/projects/[slug]/route.ts';
import { GET as pastRequests } from './api/v1/past-requests/route.ts';
import { GET as requestJson } from './api/v1/requests/[id]/route.ts';
import { GET as requests } from './api/v1/requests/route.ts';
import { GET as revocations } from './api/v1/revocations/route.ts';
import { GET as statistics } from './api/v1/statistics/route.ts';

const [good, bad] = ['5a3c01', '5a3c02'];
let signed: Awaited<ReturnType<typeof openSigned>>;
let portal: Portal;
let id = '';
beforeAll(async () => {
  signed = await openSigned();
  const secretFile = join(signed.folder, 'secret');
  writeFileSync(secretFile, 'a'.repeat(64), { mode: 0o600 });
  portal = {
    ...signed.ctx,
    config: { ...signed.ctx.config, auth: { secretFile, development: false } },
  };
  answerFrom(portal);
  await signed.issue(certificate(good), certificate(bad));
  await signed.accept(revoking(bad, '2026-11-20T00:00:00Z'));
});
afterAll(() => signed.close());

const add = async (releases: number): Promise<void> => {
  for (let count = 0; count < releases; count += 1) {
    const serial = count % 2 === 0 ? good : bad;
    id = await signed.release([
      { serial, timestampedAt: '2026-11-21T00:00:00Z' },
      { serial, timestampedAt: '2026-11-19T00:00:00Z', path: `lib/${count}.dll` },
    ]);
  }
};

/** Statements sent to PostgreSQL meanwhile, by whatever session. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const { prototype } = pg.Client;
  const query = Reflect.get(prototype, 'query') as (this: pg.Client, ...given: never[]) => unknown;
  let count = 0;
  Reflect.set(prototype, 'query', function counted(this: pg.Client, ...given: never[]) {
    count += 1;
    return query.apply(this, given);
  });
  try {
    await work();
  } finally {
    Reflect.set(prototype, 'query', query);
  }
  return count;
}

const get = (path: string): Request => new Request(`https://a.example${path}`);
const slug = { params: Promise.resolve({ slug: project }) };
const searchParams = (value: Readonly<Record<string, string>> = {}) => ({
  searchParams: Promise.resolve(value),
});
const one = () => ({ params: Promise.resolve({ id }) });

const answers: readonly (readonly [string, number, () => Promise<unknown>])[] = [
  ['/', 12, () => HomePage()],
  ['/projects', 10, () => ProjectsPage(searchParams())],
  ['/projects/[slug]', 20, () => ProjectPage(slug)],
  ['/certificates', 6, () => CertificatesPage(searchParams())],
  ['/requests', 10, () => RequestsPage(searchParams())],
  ['/requests?status=completed', 10, () => RequestsPage(searchParams({ status: 'completed' }))],
  ['/requests/[id]', 40, () => RequestPage({ ...one(), ...searchParams() })],
  ['/revocations', 6, () => RevocationsPage(searchParams())],
  ['feed.xml of a project', 15, () => projectFeed(get('/'), slug)],
  ['badge.svg', 10, () => badge(get('/'), slug)],
  ['/revocations/feed.xml', 6, () => revocationsFeed(get('/'))],
  ['/api/v1/projects/[slug]', 15, () => projectJson(get('/'), slug)],
  ['/api/v1/requests', 8, () => requests(get('/api/v1/requests?limit=100'))],
  ['/api/v1/requests/[id]', 30, () => requestJson(get('/'), one())],
  ['/api/v1/past-requests', 8, () => pastRequests(get('/api/v1/past-requests?limit=100'))],
  ['/api/v1/revocations', 6, () => revocations(get('/'))],
  ['/api/v1/statistics', 15, () => statistics(get('/'))],
];

describe('statements of an answer', () => {
  it('are few, and as many with twenty times the rows', async () => {
    const counts = async (): Promise<ReadonlyMap<string, number>> => {
      const found = new Map<string, number>();
      for (const [name, , ask] of answers)
        found.set(name, await statements(() => withSession(portal, null, ask)));
      return found;
    };
    await add(3);
    // What is counted or read once is.
    await counts();
    await add(2);
    const few = await counts();
    await add(60);
    const many = await counts();
    expect([...few.values()].every((count) => count > 0)).toBe(true);
    const differences = answers.map(([name, most]) => {
      const [before, after] = [few.get(name) ?? 0, many.get(name) ?? 0];
      // What parts of a page ask for at the same time is asked once, or twice.
      return after <= before + 2 && after <= most
        ? null
        : `${name}: ${before}, then ${after}; at most ${most}`;
    });
    expect(differences.filter((one) => one !== null)).toEqual([]);
  });
});
