import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { seededAccounts, seededRepositories } from '../../dev/code-host/index.ts';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { withdrawApplication } from '../applications/index.ts';
import { readReview } from '../reviews/index.ts';
import { collectDueEvidence, collectEvidence, readCharts, workOnEvidence } from './index.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
let id: number;
beforeAll(async () => {
  on = await openAdmissions();
});
afterAll(() => on.release());
beforeEach(async () => {
  id = await sendApplication(on.nora);
});
afterEach(() => withdrawApplication({ ctx: on.nora, input: { id } }));

const incomplete = expect.objectContaining({ code: 'EVIDENCE_INCOMPLETE' }) as unknown;
const collect = () => collectEvidence(on.portal, id);
/** The host works statistics out when it is first asked for them. */
async function collectAll(): Promise<void> {
  await collect().catch(() => undefined);
  await collect();
}
async function evidence() {
  const review = await on.portal.db.review.findFirstOrThrow({ where: { applicationId: id } });
  const detail = await readReview({ ctx: await on.as('demo-reviewer'), input: { id: review.id } });
  return { detail, signal: (name: string) => detail.evidence.find((one) => one.name === name) };
}

describe('collecting evidence', () => {
  it('comes again for what the host is still working out, and keeps what there is', async () => {
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
    expect(detail.evidence.every((one) => one.state === 'verified')).toBe(true);
    const { charts, confirmedAt } = await readCharts(on.portal.db, id);
    expect([charts.activity.length, charts.releases.length, charts.contributors.length]).toEqual([52, 27, 9]);
    expect(confirmedAt).toBeInstanceOf(Date);
  });

  it('asks with what it has, and writes nothing new where nothing changed', async () => {
    await collectAll();
    const rows = () => on.portal.db.evidence.count({ where: { applicationId: id } });
    const answers = () => on.portal.db.codeHostAnswer.count({ where: { applicationId: id } });
    const before = [await rows(), await answers()];
    const asked = on.host.log.length;
    await collect();
    expect([await rows(), await answers()]).toEqual(before);
    const conditional = on.host.log.slice(asked).filter((one) => one.status === 304);
    expect(conditional.length).toBeGreaterThan(8);
  });

  it('never takes back what was seen because the host is down, and stops asking when told to wait', async () => {
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

  it('takes a damaged answer for none', async () => {
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

  it('tells the reviewers once when the repository changes hands, licence or disappears', async () => {
    await collectAll();
    const alerts = async () =>
      (await evidence()).detail.events.filter((one) => one.kind === 'alert').map((one) => one.body);
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
    expect(new Set(told.map((one) => one.accountId)).size).toBe(4);
    Object.assign(repository, { private: false, licence: 'MIT' });
    on.host.state.transfer(repository.id, seededAccounts.nora);
  });

  it('runs as a job of its own after an application is sent, and again after a week', async () => {
    const reports: string[] = [];
    await workOnEvidence(on.portal, (message) => reports.push(message));
    const count = () => on.portal.db.codeHostAnswer.count({ where: { applicationId: id } });
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(8), 120_000);
    expect(reports).toEqual([]);
    expect(await collectDueEvidence(on.portal)).toBe(0);
    on.passDays(8);
    expect(await collectDueEvidence(on.portal)).toBe(1);
  });
});
