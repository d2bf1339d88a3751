import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseProjectSlug } from '#core/ids/index.ts';
import type { Actor } from '../../../../lib/platform/auth/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import type { ProjectDetail } from '../../../../lib/projects/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import { applyRetention } from '../../../../lib/retention/index.ts';
import { openStore, project } from '../../../../lib/retention/open-store.fixture.ts';
import { ForTheTeam } from '../../projects/[slug]/for-the-team.tsx';
import { RemovedFiles } from './removed-files.tsx';

let on: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  on = await openStore({
    retention: { deniedDays: 90 },
    quotas: { storedBytesMax: 1000, requestsPerDayMax: 7 },
  });
});
afterEach(() => on.close());

const as = (actor: unknown): Context => ({ ...on.portal, actor: actor as Actor });

it('a request’s page says which files are gone, since when and by which rule, and nothing before', async () => {
  const bundle = await on.put();
  const request = (await on.request({ bundle })) as unknown as RequestDetail;
  const page = () => RemovedFiles({ ctx: as({ kind: 'public' }), request });
  expect(await page()).toBeNull();
  await applyRetention(on.portal);
  const html = renderToStaticMarkup(await page());
  expect(html).toContain('The file as it was uploaded was removed on <time');
  expect(html).toContain('The proof of origin that came with it was removed on <time');
  expect(html).toContain('by the rule “files of requests that were refused or cancelled: 90 days”');
});

it('a project’s page says to its team what is used, and to nobody else', async () => {
  await on.request({ daysAgo: 0.1 });
  await on.request({ daysAgo: 2 });
  const detail = { slug: parseProjectSlug(project) } as unknown as ProjectDetail;
  const roles = { policyMaintainer: true, foundationReviewer: false, projects: new Map() };
  const page = (actor: unknown) => ForTheTeam({ ctx: as(actor), detail });
  const html = renderToStaticMarkup(await page({ kind: 'person', handle: 'mara', roles }));
  expect(html).toContain('200 bytes of 1000 bytes in 2 files');
  expect(html).toContain('1 of 7');
  expect(await page({ kind: 'public' })).toBeNull();
});
