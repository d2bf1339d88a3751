/** What public routes say of a release before and after its certificate is revoked; e2e/revoked.after.e2e.ts reads the pages. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '#core/ids/index.ts';
import type { Edits } from '#core/policy/plan/snapshots.fixture.ts';
import { answerFrom } from '../lib/platform/portal/current.fixture.ts';
import { certificate, openSigned, project, revoking } from '../lib/signatures/open-signed.fixture.ts';
import { GET as badge } from './(public)/projects/[slug]/badge.svg/route.ts';
import { GET as projectFeed } from './(public)/projects/[slug]/feed.xml/route.ts';
import { GET as revocationsFeed } from './(public)/revocations/feed.xml/route.ts';
import { GET as projectJson } from './api/v1/projects/[slug]/route.ts';
import { GET as requestJson } from './api/v1/requests/[id]/route.ts';
import { GET as requestsJson } from './api/v1/requests/route.ts';
import { GET as revocationsJson } from './api/v1/revocations/route.ts';
import { GET as statisticsJson } from './api/v1/statistics/route.ts';

const serial = '5a3c01';
const date = '2026-11-20T00:00:00Z';
const status = (to: string): Edits => ({
  [`projects/${project}/project.yaml`]: [['status: active', `status: ${to}`]],
});

let signed: Awaited<ReturnType<typeof openSigned>>;
/** Of the same certificate, signed before the date and after it. */
let [old, bad]: RequestId[] = [];
beforeAll(async () => {
  signed = await openSigned();
  answerFrom(signed.ctx);
});
beforeEach(async () => {
  await signed.clear();
  await signed.issue(certificate(serial));
  await signed.accept({});
  old = await signed.release([{ serial, timestampedAt: '2026-11-19T00:00:00Z' }]);
  bad = await signed.release([{ serial, timestampedAt: '2026-11-21T00:00:00Z' }]);
});
afterAll(() => signed.close());

const at = (path: string) => new Request(`https://a.example${path}`);
const ofProject = { params: Promise.resolve({ slug: project }) };

describe('the badge', () => {
  const shown = async () => {
    const answer = await badge(at(`/projects/${project}/badge.svg`), ofProject);
    expect(answer.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=10');
    const svg = await answer.text();
    const label = /aria-label="code signing: ([^"]+)"/.exec(svg)?.[1];
    // Whoever reads the picture, hovers over it or hears it is told the same.
    expect(svg).toContain(`<title>code signing: ${label ?? ''}</title>`);
    expect(svg).toContain(`>${label ?? ''}</text>`);
    return label;
  };

  it('shows the project’s current state', async () => {
    expect(await shown()).toBe('verified');
    await signed.accept(revoking(serial, date));
    expect(await shown()).toBe('revoked');
    await signed.accept({});
    await signed.issue(certificate(serial, { validTo: new Date('2026-11-26') }));
    expect(await shown()).toBe('certificate expired');
    await signed.clear();
    await signed.issue(certificate(serial));
    expect(await shown()).toBe('pending');
    for (const to of ['paused', 'retired']) {
      await signed.accept(status(to));
      expect(await shown()).toBe(to);
    }
  });

  it('doesn’t exist for an unknown project', async () => {
    for (const slug of ['no-such-project', '../x'])
      expect((await badge(at('/'), { params: Promise.resolve({ slug }) })).status).toBe(404);
  });
});

/** Entries of an Atom feed: each element's text by its name. */
async function entriesOf(answer: Response): Promise<readonly Readonly<Record<string, string>>[]> {
  expect(answer.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=10');
  const elements = (node: XmlElement): readonly XmlElement[] =>
    node.children.filter((child): child is XmlElement => child instanceof XmlElement);
  const { root } = parseXml(await answer.text());
  const [entries = [], others = []] = ['entry', null].map((name) =>
    (root === null ? [] : elements(root)).filter((element) =>
      name === null ? element.name !== 'entry' : element.name === name,
    ),
  );
  // What a feed's validator asks (RFC 4287, sections 4.1.1 and 4.1.2): each once, and ids that are addresses and differ.
  for (const element of [others, ...entries.map(elements)])
    for (const name of ['id', 'title', 'updated'])
      expect(element.filter((each) => each.name === name)).toHaveLength(1);
  for (const rel of ['self', 'alternate'])
    expect(others.filter((each) => each.attributes['rel'] === rel)).toHaveLength(1);
  const read = entries.map((entry) =>
    Object.fromEntries(elements(entry).map((element) => [element.name, element.text])),
  );
  for (const { id, updated } of read) {
    expect(URL.canParse(id ?? '')).toBe(true);
    expect(updated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  expect(new Set(read.map(({ id }) => id)).size).toBe(read.length);
  return read;
}

describe('feeds', () => {
  const releases = async () => {
    const entries = await entriesOf(await projectFeed(at(`/projects/${project}/feed.xml`), ofProject));
    const of = (id: RequestId | undefined) =>
      entries.find((entry) => entry['id']?.endsWith(`/requests/${id ?? ''}`));
    return { entries, old: of(old), bad: of(bad) };
  };

  it('mark a release as revoked once it is, and show it again to subscribers', async () => {
    const first = await releases();
    expect(first.bad?.['title']).toMatch(/: a\.zip signed$/);
    expect(first.bad?.['updated']).toBe(first.bad?.['published']);

    await signed.accept(revoking(serial, date));
    const then = await releases();
    expect(then.bad?.['title']).toMatch(/^Revoked: .*: a\.zip$/);
    expect(then.bad?.['summary']).toContain(`https://a.example/revocations/${serial}`);
    expect(then.bad?.['id']).toBe(first.bad?.['id']);
    expect(then.bad?.['published']).toBe(first.bad?.['published']);
    expect(then.bad?.['updated']).toBe('2026-11-27T08:00:00.000Z');
    // What was signed before the date isn't called revoked, and says why.
    expect(then.old?.['title']).toBe(first.old?.['title']);
    expect(then.old?.['summary']).toContain(`https://a.example/revocations/${serial}`);
  });

  it('contain each revocation with its public statement', async () => {
    const notice = (entries: readonly Readonly<Record<string, string>>[]) =>
      entries.filter((entry) => entry['id']?.endsWith(`/revocations/${serial}`));
    expect(notice((await releases()).entries)).toEqual([]);
    expect(notice(await entriesOf(await revocationsFeed(at('/revocations/feed.xml'))))).toEqual([]);
    await signed.accept(revoking(serial, date));
    const expected = [
      expect.objectContaining({ summary: `As of 2026-11-20T00:00:00.000Z. A build was tampered with.` }),
    ];
    expect(notice((await releases()).entries)).toEqual(expected);
    expect(notice(await entriesOf(await revocationsFeed(at('/revocations/feed.xml'))))).toEqual(expected);
  });
});

const json = async (given: Promise<Response>): Promise<unknown> => {
  const answer = await given;
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  return answer.json();
};

describe('answers as data', () => {
  it('state every release’s current state', async () => {
    const all = async () => ({
      list: await json(requestsJson(at('/api/v1/requests'))),
      bad: await json(
        requestJson(at(`/api/v1/requests/${bad ?? ''}`), { params: Promise.resolve({ id: bad ?? '' }) }),
      ),
      project: await json(projectJson(at(`/api/v1/projects/${project}`), ofProject)),
      revocations: await json(revocationsJson(at('/api/v1/revocations'))),
    });
    expect(await all()).toMatchObject({
      list: {
        requests: [
          { id: bad, standing: { state: 'good' } },
          { id: old, standing: { state: 'good' } },
        ],
      },
      bad: { standing: { state: 'good', refused: false, revocation: null } },
      project: { standing: 'signed', revokedReleases: 0 },
      revocations: { items: [] },
    });
    await signed.accept(revoking(serial, date));
    expect(await all()).toMatchObject({
      list: {
        requests: [
          { id: bad, standing: { state: 'revoked', refused: true } },
          { id: old, standing: { state: 'good-before-revocation', refused: false } },
        ],
      },
      bad: {
        standing: { state: 'revoked', refused: true, revocation: { serial } },
        signatures: [{ standing: { state: 'revoked' } }],
      },
      project: { standing: 'revoked', revokedReleases: 1 },
      revocations: { items: [{ serial, project }] },
    });
  });

  it('count what is revoked', async () => {
    const counted = async () => json(statisticsJson(at('/api/v1/statistics')));
    expect(await counted()).toMatchObject({ signed: { files: { good: 2 }, revokedReleases: 0 } });
    await signed.accept(revoking(serial, date));
    expect(await counted()).toMatchObject({
      signed: {
        files: { good: 0, 'good-before-revocation': 1, revoked: 1 },
        releases: 2,
        revokedReleases: 1,
      },
    });
  });
});

describe('a project’s own certificate', () => {
  const ofPolicy: Edits = {
    'foundation.yaml': [['kind: Foundation\n', 'kind: Foundation\nprojectCertificates: allowed\n']],
    [`projects/${project}/policies/release-signing.yaml`]: [
      ['certificate:', 'publisher: project\ncertificate:'],
    ],
  };
  const body = async (given: Promise<Response>) => (await given).text();
  const everything = async () => ({
    badge: await body(badge(at('/'), ofProject)),
    feed: await body(projectFeed(at('/'), ofProject)),
    project: await body(projectJson(at('/'), ofProject)),
    request: await body(requestJson(at('/'), { params: Promise.resolve({ id: bad ?? '' }) })),
    requests: await body(requestsJson(at('/'))),
    statistics: await body(statisticsJson(at('/'))),
  });

  it('is marked in the badge, the feed and every answer, and the foundation’s in none as one', async () => {
    for (const text of Object.values(await everything()))
      expect(text).not.toMatch(/own certificate|"publishers?":\[?"project"|"project":2/);
    await signed.issue(certificate(serial, { publisher: 'project' }));
    const all = await everything();
    expect(all.badge).toContain('aria-label="code signing: verified, own certificate"');
    expect(all.badge).toContain('>verified, own certificate</text>');
    expect(all.feed.match(/The project’s own certificate\./g)).toHaveLength(2);
    expect(JSON.parse(all.project)).toMatchObject({
      publishers: ['project'],
      certificateHolder: null,
      certificates: [{ serial, publisher: 'project' }],
      releases: [{ standing: { publisher: 'project' } }, { standing: { publisher: 'project' } }],
    });
    expect(JSON.parse(all.request)).toMatchObject({
      standing: { publisher: 'project' },
      release: { standing: { publisher: 'project' } },
      signatures: [{ publisher: 'project', standing: { publisher: 'project' } }],
    });
    expect(JSON.parse(all.requests)).toMatchObject({
      requests: [{ standing: { publisher: 'project' } }, { standing: { publisher: 'project' } }],
    });
    expect(JSON.parse(all.statistics)).toMatchObject({
      signed: { publishers: { foundation: 0, project: 2, unlisted: 0 } },
    });
  });

  it('is determined by the policy before the first release, and afterwards by what was signed', async () => {
    const publishers = async () =>
      (JSON.parse((await everything()).project) as { publishers: unknown }).publishers;
    await signed.accept(ofPolicy);
    expect(await publishers()).toEqual(['foundation']);
    await signed.clear();
    expect(await publishers()).toEqual(['project']);
  });

  it('is never called revoked by the foundation, in feeds and notices', async () => {
    await signed.issue(certificate(serial, { publisher: 'project' }));
    await signed.accept(revoking(serial, date));
    expect(await json(revocationsJson(at('/')))).toMatchObject({ items: [{ serial, publisher: 'project' }] });
    for (const feed of [
      await revocationsFeed(at('/revocations/feed.xml')),
      await projectFeed(at('/'), ofProject),
    ]) {
      const [notice] = (await entriesOf(feed)).filter((entry) =>
        entry['id']?.endsWith(`/revocations/${serial}`),
      );
      expect(notice?.['title']).toMatch(
        /: the foundation stopped signing with its own certificate “release”$/,
      );
      expect(notice?.['summary']).toContain('only the authority that issued it can revoke it for everybody');
    }
  });
});
