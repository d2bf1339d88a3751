import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parse } from 'yaml';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { toApplication } from '../applications/index.ts';
import { seededAccounts, seededRepositories } from '../../dev/github/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { newSshKey } from '#core/policy/seed.fixture.ts';
import { closeChange, mergeChange, proposeChange, readChange, signChange } from '../policy-changes/index.ts';
import { reviewAgain } from '../reviews/index.ts';
import { seededUsers } from '../../dev/gitlab/projects/index.ts';
import { acceptChange, decideOn } from './decide.fixture.ts';
import {
  addApprovalKey,
  addMember,
  attestSecondFactor,
  checkPolicyLinks,
  policyPageOf,
  proposeAgain,
  proposeAcceptedProjects,
  proposePauses,
  readChecklist,
  readReleaseSteps,
} from './index.ts';
import type { ChecklistName } from './index.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
let id: number;
let home = '';
let site: ReturnType<typeof createServer>;

beforeAll(async () => {
  on = await openAdmissions();
  site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(home));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  id = await sendApplication(on.nora, 'components');
});
afterAll(async () => {
  site.close();
  await on.release();
});

const application = async () =>
  toApplication(await on.portal.db.application.findUniqueOrThrow({ where: { id } }));
const item = async (name: ChecklistName) => {
  const checklist = await readChecklist(on.nora, await application());
  return checklist?.items.find((checklistItem) => checklistItem.name === name);
};
const refusal = (code: string) => expect.objectContaining({ code }) as unknown;

const decide = (
  outcome: 'accepted' | 'rejected',
  about: { readonly applicationId?: number; readonly by?: string } = {},
) => decideOn(on, about.applicationId ?? id, outcome, about.by);
const accept = (number: number) => acceptChange(on, number);

describe('an accepted project', () => {
  it('gets nothing before it is accepted', async () => {
    expect(await proposeAcceptedProjects(on.portal)).toEqual([]);
    expect((await application()).changeNumber).toBeNull();
    expect(await readChecklist(on.nora, await application())).toBeNull();
    await expect(attestSecondFactor({ ctx: on.nora, input: { id } })).rejects.toEqual(
      refusal('NOT_ACCEPTED'),
    );
  });

  it('gets its policy proposed once by the portal, whatever else runs, for policy maintainers to sign', async () => {
    await decide('accepted');
    await Promise.all([proposeAcceptedProjects(on.portal), proposeAcceptedProjects(on.portal)]);
    await proposeAcceptedProjects(on.portal);
    const { changeNumber } = await application();
    expect(await on.portal.db.pullRequest.count()).toBe(1);
    const change = await readChange({ ctx: on.public, input: { number: changeNumber ?? 0 } });
    expect(change.pull.title).toBe('Add Parcel Shelf');
    expect(change.assessment.problems).toEqual([]);
    expect(change.assessment.files.map((file) => file.path)).toContain('projects/parcel-shelf/project.yaml');
    expect(await item('policy')).toMatchObject({ state: 'waiting', href: `/changes/${changeNumber}` });
  });

  it('gets its policy proposed again after its change was closed, when a reviewer asks, and not before', async () => {
    const first = (await application()).changeNumber ?? 0;
    const ctx = await on.as('demo-reviewer');
    const again = (as: typeof ctx) => proposeAgain({ ctx: as, input: { applicationId: id } });
    await expect(again(ctx)).rejects.toEqual(refusal('NOT_ACCEPTED'));
    const { pull } = await readChange({ ctx, input: { number: first } });
    await closeChange({
      ctx: await on.as('demo-steward'),
      input: { number: first, head: pull.head.commit },
    });
    await proposeAcceptedProjects(on.portal);
    expect((await application()).changeNumber).toBe(first);
    for (const other of [on.nora, on.public])
      await expect(again(other)).rejects.toEqual(refusal('NOT_ALLOWED'));
    await again(ctx);
    await proposeAcceptedProjects(on.portal);
    const second = (await application()).changeNumber ?? 0;
    expect(second).toBeGreaterThan(first);
    const change = await readChange({ ctx, input: { number: second } });
    expect(change.pull.state).toBe('open');
    expect(change.assessment.problems).toEqual([]);
  });

  it('has a policy once the signer has accepted the signed change, and the list goes on', async () => {
    await accept((await application()).changeNumber ?? 0);
    expect(await item('policy')).toMatchObject({ state: 'done', href: '/projects/parcel-shelf' });
    expect(await item('approvers')).toMatchObject({ state: 'done' });
    expect(await item('certificate')).toMatchObject({ state: 'waiting' });
    expect(await item('release-signing')).toMatchObject({ state: 'waiting' });
    expect((await on.as('nora')).actor).toMatchObject({ handle: 'nora', identity: onGitHub('900010') });
  });

  it('shows the steps to its first release, each with its state, to its team alone', async () => {
    const slug = parseProjectSlug('parcel-shelf');
    const nora = await on.as('nora');
    const read = async (ctx: typeof nora) => readReleaseSteps({ ctx, input: { slug } });
    await expect(read(on.public)).rejects.toEqual(refusal('NOT_ALLOWED'));
    const states = async () =>
      Object.fromEntries(
        (await read(nora))?.items.map((checklistItem) => [checklistItem.name, checklistItem.state]) ?? [],
      );
    // A new project's policy takes builds of its origin: no token is needed.
    expect(await states()).toMatchObject({ approvers: 'done', token: 'done', workflow: 'to-do' });
    expect(await states()).toMatchObject({ certificate: 'waiting' });
  });

  it('sees that the policy would refuse what the repository releases, while no branch is allowed', async () => {
    const ctx = await on.as('nora');
    const step = async () =>
      (await readReleaseSteps({ ctx, input: { slug: parseProjectSlug('parcel-shelf') } }))?.items.find(
        (checklistItem) => checklistItem.name === 'release-policy',
      );
    expect(await step()).toMatchObject({
      state: 'done',
      detail: 'release-signing: built by .github/workflows/release.yml from tag v*.',
    });
    const repository = on.host.state.need(seededRepositories.parcelShelf);
    const before = repository.releases;
    const [newest] = before;
    repository.releases = newest === undefined ? [] : [{ ...newest, tag: 'release-4.0' }, ...before];
    const found = await step();
    expect(found).toMatchObject({
      state: 'to-do',
      href: '/changes/new?file=projects/parcel-shelf/policies/release-signing.yaml',
    });
    expect(found?.detail).toContain('allows tag v*; the repository’s newest release has the tag release-4.0');
    repository.releases = before;
  });

  it('lets people add their own key by a change, and refuses a private key', async () => {
    const ctx = await on.as('nora');
    const add = (publicKey: string) => addApprovalKey({ ctx, input: { publicKey } });
    for (const wrong of ['', 'x', '-----BEGIN OPENSSH PRIVATE KEY-----', 'ssh-ed25519 AAAA']) {
      await expect(add(wrong)).rejects.toEqual(refusal('KEY_INVALID'));
    }
    const { number } = await add(` ${newSshKey()}\n`);
    const change = await readChange({ ctx: on.public, input: { number } });
    expect(change.assessment.problems).toEqual([]);
    expect(change.assessment.files.map((file) => file.path)).toEqual(['people/nora.yaml']);
    await expect(addApprovalKey({ ctx: on.public, input: { publicKey: newSshKey() } })).rejects.toEqual(
      refusal('NOT_ALLOWED'),
    );
  });

  it('moves to another program only once it was reviewed for that program', async () => {
    const path = 'projects/parcel-shelf/project.yaml';
    const signAll = async (number: number): Promise<void> => {
      const { pull } = await readChange({ ctx: on.public, input: { number } });
      for (const name of ['demo-maintainer', 'demo-reviewer']) {
        const signature = on.signatureBy(name, pull.head.commit);
        await signChange({ ctx: await on.as(name), input: { number, head: pull.head.commit, signature } });
      }
    };
    const merge = async (number: number): Promise<void> => {
      const { pull } = await readChange({ ctx: on.public, input: { number } });
      const ctx = await on.as('demo-steward');
      await mergeChange({ ctx, input: { number, head: pull.head.commit, guardsSeen: true } });
    };
    const unmet = async (number: number) =>
      (await readChange({ ctx: on.public, input: { number } })).conditions
        .filter((condition) => !condition.met)
        .map((condition) => condition.name);
    const { commit: base } = await on.signer.refresh();
    const content = (await on.read(path)).replace('program: components', 'program: executables');
    const { number } = await proposeChange({
      ctx: await on.as('demo-steward'),
      input: { title: 'By the back door', description: '', base, changes: [{ path, content }] },
    });
    await signAll(number);
    expect(await unmet(number)).toEqual(['reviewed']);
    await expect(merge(number)).rejects.toEqual(refusal('NOT_READY'));

    // The same program again is no application; the other one is, under the same name.
    await expect(sendApplication(on.nora, 'components')).rejects.toEqual(refusal('ANSWER_INVALID'));
    const other = await sendApplication(on.nora, 'executables');
    for (const by of ['demo-assessor', 'demo-examiner']) {
      expect(await unmet(number)).toEqual(['reviewed']);
      await decide('accepted', { applicationId: other, by });
    }
    expect(await unmet(number)).toEqual([]);
    expect(await proposeAcceptedProjects(on.portal)).toEqual([]);
    const { changeNumber } = await on.portal.db.application.findUniqueOrThrow({ where: { id: other } });
    const change = await readChange({ ctx: on.public, input: { number: changeNumber ?? 0 } });
    expect(change.pull.title).toBe('Move Parcel Shelf to the program executables');
    expect(change.signatures.needed).toBe(2);
    expect(change.assessment.plan?.changes.map((changed) => changed.field)).toEqual(['program']);
    await signAll(changeNumber ?? 0);
    await merge(changeNumber ?? 0);
    await on.signer.refresh();
    expect(await on.read(path)).toContain('program: executables');
    await closeChange({
      ctx: await on.as('demo-steward'),
      input: { number, head: (await readChange({ ctx: on.public, input: { number } })).pull.head.commit },
    });
  });

  it('adds a person to its team by the team’s own change, identified by the account’s id', async () => {
    const ctx = await on.as('nora');
    const project = parseProjectSlug('parcel-shelf');
    const form = {
      project,
      login: 'yuri-yarn',
      handle: 'yuri',
      name: 'Yuri Yarn',
      publicKey: '',
      host: '',
      roles: ['approvers', 'authors'] as const,
    };
    const fields = async (more: Partial<typeof form>) => {
      const wrong = addMember({ ctx, input: { ...form, ...more } });
      const error = await wrong.catch(
        (thrown: unknown) => thrown as { fields: readonly { field: string }[] },
      );
      return 'fields' in error ? error.fields.map(({ field }) => field) : [];
    };
    expect(await fields({ login: 'no-such-account' })).toEqual(['login']);
    expect(await fields({ login: '../admin' })).toEqual(['login']);
    expect(await fields({ login: 'shelf-collective' })).toEqual(['login']);
    // An account of another host than the project's is looked up there, and the policy keeps its number there.
    expect(await fields({ host: 'gitlab' })).toEqual(['login']);
    expect(await fields({ host: 'gitlab', login: 'group_8800100_bot' })).toEqual(['login']);
    for (const host of ['constructor', 'GitHub', 'gitlab.com'])
      expect(await fields({ host })).toEqual(['host']);
    const elsewhere = { host: 'gitlab', login: 'sam.stranger', handle: 'sam-there', name: 'Sam Stranger' };
    const there = await addMember({ ctx, input: { ...form, ...elsewhere } });
    const { assessment: joining } = await readChange({ ctx: on.public, input: { number: there.number } });
    expect(joining.problems).toEqual([]);
    const person = joining.files.find(({ path }) => path === 'people/sam-there.yaml')?.after ?? '';
    expect(parse(person)).toMatchObject({ identities: { gitlab: String(seededUsers.sam) } });
    expect(await fields({ handle: 'Yuri!', name: '', publicKey: 'x' })).toEqual([
      'name',
      'handle',
      'publicKey',
    ]);
    expect(await fields({ roles: [] as never })).toEqual(['authors']);
    // Nora's own: whom the policy names adds keys themselves.
    expect(await fields({ login: 'nora-newcomer', publicKey: newSshKey() })).toEqual(['publicKey']);
    for (const other of [on.public, on.sam]) {
      await expect(addMember({ ctx: other, input: form })).rejects.toEqual(refusal('NOT_ALLOWED'));
    }
    const publicKey = newSshKey();
    const { number } = await addMember({ ctx, input: { ...form, publicKey } });
    const change = await readChange({ ctx: on.public, input: { number } });
    expect(change.assessment.problems).toEqual([]);
    const files = new Map(change.assessment.files.map((file) => [file.path, file.after ?? '']));
    expect([...files.keys()].toSorted()).toEqual([
      'people/yuri.yaml',
      'projects/parcel-shelf/policies/release-signing.yaml',
      'projects/parcel-shelf/project.yaml',
    ]);
    expect(files.get('people/yuri.yaml')).toContain(String(seededAccounts.yuri));
    expect(files.get('people/yuri.yaml')).toContain(publicKey);
    const release = files.get('projects/parcel-shelf/policies/release-signing.yaml') ?? '';
    expect(parse(release)).toMatchObject({ approval: { approvers: ['nora', 'yuri'] } });
  });

  it('has its pages checked, at a limited rate', async () => {
    const check = () => checkPolicyLinks({ ctx: on.nora, input: { id } });
    await check();
    // The pages that were applied for don't exist: said, and no harm done.
    expect(await item('policy-link-home')).toMatchObject({ state: 'to-do' });
    await expect(check()).rejects.toEqual(refusal('TOO_SOON'));
    on.passDays(1);
    const at = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    const ctx = {
      ...on.nora,
      fetchPage: (url: string) => on.portal.fetchPage(url.includes('download') ? url : at),
    };
    home = `<a href="${policyPageOf(on.portal, 'parcel-shelf')}">Code signing policy</a>`;
    await checkPolicyLinks({ ctx, input: { id } });
    expect(await item('policy-link-home')).toMatchObject({ state: 'done' });
    expect(await item('policy-link-download')).toMatchObject({ state: 'to-do' });
    on.passDays(1);
    home = '<p>Nothing</p>';
    await checkPolicyLinks({ ctx, input: { id } });
    expect(await item('policy-link-home')).toMatchObject({ state: 'to-do' });
  });

  it('attests its second factor itself: nobody else can do so', async () => {
    for (const ctx of [on.sam, on.public, await on.as('demo-reviewer')]) {
      await expect(attestSecondFactor({ ctx, input: { id } })).rejects.toEqual(refusal('NOT_ALLOWED'));
    }
    await attestSecondFactor({ ctx: on.nora, input: { id } });
    expect(await item('second-factor')).toMatchObject({
      state: 'done',
      detail: expect.stringContaining('Nora Newcomer') as string,
    });
    await expect(on.portal.db.onboardingStep.deleteMany({})).rejects.toThrow(/denied/);
  });

  it('is proposed to be paused, once, when a repeated review fails', async () => {
    expect(await proposePauses(on.portal)).toEqual([]);
    const before = await on.portal.db.pullRequest.count();
    await reviewAgain({
      ctx: await on.as('demo-reviewer'),
      input: { applicationId: id, reason: 'The repository is gone.' },
    });
    await decide('rejected');
    await Promise.all([proposePauses(on.portal), proposePauses(on.portal)]);
    expect(await proposePauses(on.portal)).toEqual([]);
    expect(await on.portal.db.pullRequest.count()).toBe(before + 1);
    const { number } = await on.portal.db.pullRequest.findFirstOrThrow({ orderBy: { number: 'desc' } });
    const change = await readChange({ ctx: on.public, input: { number } });
    expect(change.pull.title).toBe('Pause Parcel Shelf');
    expect(change.assessment.problems).toEqual([]);
    expect(change.assessment.files.map((file) => file.path)).toEqual(['projects/parcel-shelf/project.yaml']);
    // What reviewers decide stops nothing by itself: the policy does.
    await on.signer.refresh();
    expect(await item('policy')).toBeUndefined();
  });
});
