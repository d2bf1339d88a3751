import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { seededAccounts, seededRepositories } from '../../dev/github/index.ts';
import { newSshKey } from '#core/policy/seed.fixture.ts';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { withdrawApplication } from '../applications/index.ts';
import { readReview } from '../reviews/index.ts';
import { collectDueEvidence, collectEvidence, readCharts, workOnEvidence } from './index.ts';
import { patience } from '../../dev/test/patience.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
let id: number;
/** The project's own pages, by path; what isn't here is 404. */
const pages = new Map<string, string>();
const asked: string[] = [];
const site = createServer((request, response) => {
  asked.push(request.url ?? '');
  const page = pages.get(request.url ?? '');
  response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page);
});
beforeAll(async () => {
  on = await openAdmissions();
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
});
afterAll(async () => {
  await on.release();
  site.closeAllConnections();
  site.close();
});
beforeEach(async () => {
  pages.clear();
  pages.set('/', '<h1>Parcel Shelf</h1><a href="https://opencollective.com/parcel-shelf">Donate</a>');
  asked.length = 0;
  id = await sendApplication(on.nora);
});
afterEach(() => withdrawApplication({ ctx: on.nora, input: { id } }));

const incomplete = expect.objectContaining({ code: 'EVIDENCE_INCOMPLETE' }) as unknown;
/** What the world calls by the home page's name is the server above; it is asked with the portal's own fetching. */
const portal = () => ({
  ...on.portal,
  fetchPage: (url: string) =>
    on.portal.fetchPage(`http://127.0.0.1:${(site.address() as AddressInfo).port}${new URL(url).pathname}`),
});
const collect = () => collectEvidence(portal(), id);
/** The host works statistics out when it is first asked for them. */
async function collectAll(): Promise<void> {
  await collect().catch(() => undefined);
  await collect();
}
async function evidence() {
  const review = await on.portal.db.review.findFirstOrThrow({ where: { applicationId: id } });
  const detail = await readReview({ ctx: await on.as('demo-reviewer'), input: { id: review.id } });
  return { detail, signal: (name: string) => detail.evidence.find((item) => item.name === name) };
}

describe('collecting evidence', () => {
  it('retries what the host is still computing, and keeps what there is', async () => {
    await expect(collect()).rejects.toEqual(incomplete);
    expect((await evidence()).signal('commits-year')).toMatchObject({
      state: 'unverified',
      value: 'the host is still working it out',
    });
    await collect();
    const { signal, detail } = await evidence();
    expect(signal('commits-year')).toMatchObject({ state: 'verified' });
    expect(signal('licence')).toMatchObject({
      value: expect.stringContaining('MIT') as string,
      note: 'good',
    });
    expect(signal('branch-rules')?.value).toContain('1 approval needed');
    expect(signal('workflow-pinned')).toMatchObject({ value: '1 of 1 uses' });
    expect(signal('licence')?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(detail.evidence.every((item) => item.state === 'verified')).toBe(true);
    const { charts, confirmedAt } = await readCharts(on.portal, { id, repository: null });
    expect([charts.activity.length, charts.releases.length, charts.contributors.length]).toEqual([52, 27, 9]);
    expect(confirmedAt).toBeInstanceOf(Date);
  });

  it('is the same for a project on GitLab, as far as GitLab tells', async () => {
    const uri = 'https://gitlab.com/example/tools/widget';
    const ctx = on.noraOnGitLab;
    const sent = await sendApplication(ctx, 'executables', {
      repository: { uri },
      name: { name: 'Widget', tagline: 'Widgets for desks' },
      approver: { handle: 'nora-gitlab', keys: newSshKey() },
    });
    await collectEvidence(portal(), sent);
    const review = await on.portal.db.review.findFirstOrThrow({ where: { applicationId: sent } });
    const detail = await readReview({ ctx: await on.as('demo-reviewer'), input: { id: review.id } });
    const signals = new Map(detail.evidence.map((item) => [item.name, item]));
    expect(
      [...signals.values()]
        .filter((one) => one.state !== 'verified')
        .map((one) => one.name)
        .sort(),
    ).toEqual(['downloads']);
    expect(signals.get('pipeline-file')?.value).toBe('.gitlab-ci.yml, in the project itself');
    expect(signals.get('pipeline-includes')?.value).toBe('nothing');
    expect(signals.get('licence')?.value).toBe('MIT, approved by the Open Source Initiative (LICENSE)');
    expect(signals.get('owner-age')?.value).toContain('example/tools, organisation');
    expect(signals.get('commits-year')?.value).toMatch(/^120, in 5\d of 52 weeks$/);
    expect(signals.get('licence-files')).toMatchObject({ note: 'look', details: ['src/vendor/LICENSE'] });
    expect(signals.get('releases')?.source).toBe('GET /projects/{id}/releases');
    const before = on.gitLab.log.length;
    await collectEvidence(portal(), sent);
    expect(on.gitLab.log.slice(before).filter(({ status }) => status === 304).length).toBeGreaterThan(4);
    await withdrawApplication({ ctx, input: { id: sent } });
  });

  it('makes conditional requests, and stores nothing new where nothing changed', async () => {
    await collectAll();
    const rows = () => on.portal.db.evidence.count({ where: { applicationId: id } });
    const answers = () => on.portal.db.codeHostAnswer.count({ where: { applicationId: id } });
    const before = [await rows(), await answers()];
    const asked = on.host.log.length;
    await collect();
    expect([await rows(), await answers()]).toEqual(before);
    const conditional = on.host.log.slice(asked).filter((request) => request.status === 304);
    expect(conditional.length).toBeGreaterThan(8);
  });

  it('never discards evidence because the host is down, and stops asking when told to wait', async () => {
    await collectAll();
    on.host.inject({ path: /\/releases/, times: 3, mishap: { kind: 'status', status: 503 } });
    await expect(collect()).rejects.toEqual(incomplete);
    expect((await evidence()).signal('releases')).toMatchObject({ state: 'verified' });
    const limited = { kind: 'status', status: 429, headers: { 'retry-after': '600' } } as const;
    on.host.inject({ path: /\/community\/profile/, mishap: limited });
    const asked = on.host.log.length;
    await expect(collect()).rejects.toEqual(incomplete);
    expect(on.host.log.length - asked).toBe(3);
  });

  it('treats a damaged answer as no answer', async () => {
    await collectAll();
    const { files } = on.host.state.need(seededRepositories.parcelShelf);
    files.set('extra.txt', 'x');
    on.host.inject({ path: /\/git\/trees\//, times: 2, mishap: { kind: 'halved' } });
    await expect(collect()).rejects.toEqual(incomplete);
    expect((await evidence()).signal('binaries')).toMatchObject({
      state: 'verified',
      value: expect.stringContaining('none') as string,
    });
    files.delete('extra.txt');
  });

  it('reads what concerns licence, dual licensing and sponsors, and shows it beside the questions', async () => {
    await collectAll();
    const { signal, detail } = await evidence();
    expect(signal('licence-claimed')).toMatchObject({ note: 'good' });
    expect(signal('licence-agreement')).toMatchObject({ note: 'good', value: '3 others name the same' });
    expect(signal('licence-headers')).toMatchObject({ value: '1 of 1 name a licence, and none another' });
    expect(signal('funding-file')).toMatchObject({
      note: 'neutral',
      details: ['github: nora-newcomer', 'open_collective: parcel-shelf'],
    });
    expect(signal('sponsor-pages')).toMatchObject({ details: ['https://opencollective.com/parcel-shelf'] });
    expect(detail.concerns.get('eligible-dual-licensing')).toEqual(['dual-licensing']);
    expect(detail.concerns.get('eligible-sponsored')).toEqual(['sponsorship']);
    expect(detail.concerns.get('eligible-released')).toEqual([]);
    expect(signal('funding-file')?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds what was added since: files, a page for prices on the same site, a company', async () => {
    await collectAll();
    const { files } = on.host.state.need(seededRepositories.parcelShelf);
    const nora = on.host.state.accounts.get(seededAccounts.nora);
    files.set('LICENSE-COMMERCIAL.md', '# Commercial licence\n');
    files.set('src/pro.rs', '// SPDX-License-Identifier: BUSL-1.1\n');
    if (nora !== undefined) nora.company = 'Shelves Ltd';
    pages.set('/', '<a href="/pricing#top">Plans</a> <a href="https://elsewhere.example/pricing">Others</a>');
    pages.set('/pricing', '<p>Buy a</p><p>licence key</p> Enterprise&nbsp;Edition');
    await collect();
    const { signal } = await evidence();
    expect(signal('commercial-files')).toMatchObject({ note: 'look', details: ['LICENSE-COMMERCIAL.md'] });
    expect(signal('licence-headers')).toMatchObject({ note: 'look', details: ['src/pro.rs: BUSL-1.1'] });
    expect(signal('company-owner')).toMatchObject({
      note: 'look',
      details: ['name: Nora Newcomer', 'company: Shelves Ltd'],
    });
    const found = signal('commercial-pages');
    expect(found?.note).toBe('look');
    expect(found?.details.join('\n')).toMatch(/licence key[^]*Enterprise Edition/);
    expect(asked.slice(-2)).toEqual(['/', '/pricing']);
    for (const path of ['LICENSE-COMMERCIAL.md', 'src/pro.rs']) files.delete(path);
    delete nora?.company;
  });

  it('discards nothing because a page is down, and reports nothing as absent that it didn’t read', async () => {
    pages.clear();
    await collectAll();
    expect((await evidence()).signal('commercial-pages')).toMatchObject({
      state: 'unverified',
      value: expect.stringContaining('answers with 404') as string,
    });
    pages.set('/', 'Contact our sales team');
    await collect();
    pages.clear();
    await collect();
    expect((await evidence()).signal('commercial-pages')).toMatchObject({ state: 'verified', note: 'look' });
  });

  it('reads no files without a tree', async () => {
    on.host.inject({ path: /\/git\/trees\//, times: 6, mishap: { kind: 'status', status: 503 } });
    await expect(collect()).rejects.toEqual(incomplete);
    expect((await evidence()).signal('funding-file')).toMatchObject({ state: 'unverified' });
    await collect().catch(() => undefined);
    await collectAll();
    expect((await evidence()).signal('funding-file')).toMatchObject({ state: 'verified' });
  });

  it('notifies the reviewers once when the repository changes its owner or licence or disappears', async () => {
    await collectAll();
    const alerts = async () =>
      (await evidence()).detail.events.filter((event) => event.kind === 'alert').map((event) => event.body);
    const repository = on.host.state.need(seededRepositories.parcelShelf);
    repository.licence = null;
    on.host.state.transfer(repository.id, seededAccounts.sam);
    await collectAll();
    expect(await alerts()).toEqual([
      'The owner changed: nora-newcomer/parcel-shelf (900010) is now sam-stranger/parcel-shelf (900011).\nThe licence changed from MIT to none.',
    ]);
    repository.private = true;
    await collect();
    await collect();
    expect((await alerts()).slice(1)).toEqual(['The repository can’t be found at its address any more.']);
    const told = await on.portal.db.notification.findMany({ where: { kind: 'review-alert' } });
    expect(new Set(told.map((message) => message.accountId)).size).toBe(4);
    Object.assign(repository, { private: false, licence: 'MIT' });
    on.host.state.transfer(repository.id, seededAccounts.nora);
  });

  it('notifies them once even if two portals collect at the same time', async () => {
    await collectAll();
    const repository = on.host.state.need(seededRepositories.parcelShelf);
    repository.private = true;
    const held = { lock: 'SELECT id FROM portal.application WHERE id = $1 FOR UPDATE', values: [id] };
    const look = () => collectEvidence(patientContext(portal()), id);
    const ended = await behindLock(on.ownerUrl, held, look, look);
    expect(ended.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled']);
    const alerts = { applicationId: id, kind: 'alert' };
    expect(await on.portal.db.applicationEvent.count({ where: alerts })).toBe(1);
    repository.private = false;
  });

  it('runs as a job of its own after an application is submitted, and again after a week', async () => {
    const reports: string[] = [];
    await workOnEvidence(portal(), (message) => reports.push(message));
    const count = () => on.portal.db.codeHostAnswer.count({ where: { applicationId: id } });
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(8), patience);
    expect(reports).toEqual([]);
    expect(await collectDueEvidence(on.portal)).toBe(0);
    on.passDays(8);
    expect(await collectDueEvidence(on.portal)).toBe(1);
  });
});
