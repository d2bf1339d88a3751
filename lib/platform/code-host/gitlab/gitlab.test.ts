/** GitLab behind the port, against a stateful stand-in: who a project is, whose it is, and what is understood of its answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  portalToken,
  seededNamespaces,
  seededProjects,
  seededUsers,
  startGitLabProjects,
  type GitLabProjectsFake,
} from '../../../../dev/gitlab/projects/index.ts';
import type { CodeHost } from '../index.ts';
import { openGitLabAt } from './open-gitlab.fixture.ts';

const now = new Date('2026-11-28T12:00:00Z');
const widget = { owner: 'example/tools', name: 'widget' };
const at = { ...widget, branch: 'main', stars: 130 };
const nora = { accountId: String(seededUsers.nora), userToken: null };

let fake: GitLabProjectsFake;
let host: CodeHost;
beforeAll(async () => {
  fake = await startGitLabProjects({ now });
  host = openGitLabAt(fake.url, portalToken, now);
});
afterAll(async () => {
  await fake.stop();
  expect(fake.misfits).toEqual([]);
});

const known = async (name: Exclude<keyof CodeHost['questions'], 'repository'>, place = at) => {
  const answer = await host.questions[name].ask(place, null);
  // What is kept is read by the same code, as JSON gives it back.
  expect(host.questions[name].read(JSON.parse(JSON.stringify(answer?.raw ?? null)))).toEqual(answer?.value);
  return answer?.value;
};

describe('a project on GitLab', () => {
  it('is found by its address, and by its number after it was renamed', async () => {
    const found = await host.repository(widget);
    expect(found).toMatchObject({
      id: String(seededProjects.widget),
      ownerId: String(seededNamespaces.tools),
      ownerAccountId: null,
      owner: 'example/tools',
      name: 'widget',
      uri: 'https://gitlab.com/example/tools/widget',
      licence: 'MIT',
      defaultBranch: 'main',
      archived: false,
      fork: false,
    });
    fake.state.rename(seededProjects.widget, 'gadget');
    await expect(host.repository(widget)).resolves.toMatchObject({ name: 'gadget' });
    await expect(host.repositoryById(found.id)).resolves.toMatchObject({ name: 'gadget' });
    fake.state.rename(seededProjects.widget, 'widget');
  });

  it('of a person has that person’s number beside that of the namespace', async () => {
    await expect(host.repository({ owner: 'nora-newcomer', name: 'tray' })).resolves.toMatchObject({
      ownerId: String(seededNamespaces.nora),
      ownerAccountId: String(seededUsers.nora),
      fork: true,
    });
  });

  it('that is private, empty or nowhere isn’t there', async () => {
    for (const name of ['hidden', 'empty', 'none'])
      await expect(host.repository({ owner: 'nora-newcomer', name })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    fake.state.need(seededProjects.tray).visibility = 'internal';
    await expect(host.repositoryById(String(seededProjects.tray))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    fake.state.need(seededProjects.tray).visibility = 'public';
  });

  it('can’t be read with a token that has ended', async () => {
    const ended = openGitLabAt(fake.url, 'glpat-ended', now);
    await expect(ended.repository(widget)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('gives permissions by membership, its groups’ too, as long as it is active', async () => {
    const repository = await host.repository(widget);
    const permission = (id: number) =>
      host.permissionOn(repository, { accountId: String(id), userToken: null });
    expect(await permission(seededUsers.nora)).toBe('maintain');
    expect(await permission(seededUsers.sam)).toBe('push');
    expect(await permission(seededUsers.robot)).toBeNull();
    const { members } = fake.state.need(seededProjects.widget);
    for (const state of ['awaiting', 'blocked'] as const) {
      members.set(seededUsers.robot, { level: 50, state });
      expect(await permission(seededUsers.robot)).toBeNull();
    }
    members.set(seededUsers.robot, { level: 20, state: 'active' });
    expect(await permission(seededUsers.robot)).toBeNull();
    members.delete(seededUsers.robot);
  });

  it('is offered to whoever has it in their own namespace', async () => {
    const found = await host.maintainedBy(nora);
    expect(found.map(({ repository, permission }) => [repository.name, permission])).toEqual([
      ['tray', 'admin'],
    ]);
  });

  it('has files, a pipeline’s configuration and tags of releases', async () => {
    expect(await host.readFile(widget, 'README.md')).toContain('# Widget');
    expect(await host.readFile(widget, 'src/none.c')).toBeNull();
    expect(await host.workflows(widget)).toEqual(['.gitlab-ci.yml']);
    expect(await host.releasedTags(widget)).toEqual(['v2.3.0', 'v2.2.0', 'v2.1.0']);
    const project = fake.state.need(seededProjects.widget);
    for (const elsewhere of ['ci.yml@example/shared', 'https://ci.example/ci.yml', 'none.yml']) {
      project.configurationPath = elsewhere;
      expect(await host.workflows(widget)).toEqual([]);
    }
    project.configurationPath = '';
  });

  it('has people by the name that is asked for, and says which are programs', async () => {
    expect(await host.account('Sam.Stranger')).toEqual({ id: String(seededUsers.sam), kind: 'person' });
    expect(await host.account('group_8800100_bot')).toMatchObject({ kind: 'other' });
    await expect(host.account('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what is asked about a project on GitLab', () => {
  it('is understood as of other hosts', async () => {
    expect(await known('owner')).toMatchObject({ login: 'example/tools', isOrganisation: true });
    expect(await known('owner', { ...at, owner: 'nora-newcomer', name: 'tray' })).toMatchObject({
      login: 'nora-newcomer',
      isOrganisation: false,
      name: 'Nora Newcomer',
    });
    expect(await known('community')).toEqual({ readme: true, contributing: true, codeOfConduct: false });
    expect(await known('licence')).toEqual({ id: 'MIT', path: 'LICENSE' });
    expect((await known('releases')) as object[]).toMatchObject([
      {
        tag: 'v2.3.0',
        draft: false,
        assets: [{ name: 'widget.exe', downloads: null }, { name: 'widget.exe.sig' }],
      },
      {},
      {},
    ]);
    expect(await known('contributors')).toMatchObject([{ login: 'Nora Newcomer', commits: 210 }, {}]);
    expect(await known('rules')).toEqual([{ kind: 'no-deletion' }]);
    expect(await known('issues')).toHaveLength(1);
    expect(await known('stars-first')).toHaveLength(100);
    expect(await known('stars-last')).toHaveLength(30);
    expect(host.questions['stars-last'].applies({ ...at, stars: 90 })).toBe(false);
  });

  it('is read page by page, and a year of commits week by week', async () => {
    const tree = (await known('tree')) as { readonly files: readonly unknown[]; readonly truncated: boolean };
    expect([tree.files.length, tree.truncated]).toEqual([246, false]);
    const weeks = (await known('activity')) as readonly { readonly commits: number }[];
    expect(weeks).toHaveLength(52);
    expect(weeks.reduce((sum, week) => sum + week.commits, 0)).toBe(120);
    expect(weeks.filter((week) => week.commits > 0).length).toBeGreaterThan(50);
  });

  it('isn’t answered by half: of more commits than are read, no week is known', async () => {
    const project = fake.state.need(seededProjects.widget);
    const before = project.commits;
    project.commits = Array.from({ length: 3_050 }, (_, index) =>
      new Date(now.getTime() - index * 60_000).toISOString(),
    );
    const answer = await host.questions.activity.ask(at, null);
    project.commits = before;
    expect(answer?.value).toBeNull();
  });

  it('is asked with what was named before, and keeps nobody’s address', async () => {
    const first = await host.questions.repository.ask(widget, null);
    expect(first?.value).toMatchObject({ fullName: 'example/tools/widget', private: false, licence: 'MIT' });
    expect(await host.questions.repository.ask(widget, first?.etag ?? null)).toBeNull();
    expect(fake.log.at(-1)?.status).toBe(304);
    const raw = [];
    for (const question of Object.values(host.questions)) raw.push((await question.ask(at, null))?.raw);
    raw.push(await host.starAccounts.ask(String(seededUsers.nora)));
    expect(/@example\.org|avatar|public_email/.exec(JSON.stringify(raw))).toBeNull();
    expect(host.starAccounts.read([raw.at(-1)])).toMatchObject([{ followers: 3, repositories: null }]);
  });
});
