import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parse } from 'yaml';
import { parseProjectSlug } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { newSshKey, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { filesWithMember } from './index.ts';
import type { NewMember } from './index.ts';

const slug = parseProjectSlug('esbuild-demo');
const folder = 'projects/esbuild-demo';
const release = `${folder}/policies/release-signing.yaml`;

function withMember(change: Partial<NewMember>, edits: Readonly<Record<string, string>> = {}) {
  const files = new Map(seedWithKeys());
  for (const [path, more] of Object.entries(edits)) {
    files.set(path, new TextEncoder().encode(new TextDecoder().decode(files.get(path)) + more));
  }
  const before = loadSnapshot(files, seedCommit);
  if (!before.ok) throw new Error(JSON.stringify(before.diagnostics));
  const project = before.snapshot.projects.get(slug);
  if (project === undefined) throw new Error('the seed has no such project');
  const member: NewMember = {
    identity: onGitHub('900013'),
    handle: 'yuri',
    name: 'Yuri Yarn',
    keys: '',
    roles: ['submitters'],
    ...change,
  };
  const made = filesWithMember(member, project, { snapshot: before.snapshot, files });
  const after = new Map(files);
  for (const { path, content } of made.files) after.set(path, new TextEncoder().encode(content));
  const texts = new Map(made.files.map(({ path, content }) => [path, parse(content) as unknown]));
  return { ...made, texts, loaded: loadSnapshot(after, seedCommit, before.snapshot) };
}

describe('another person on a team', () => {
  it('a submitter is added where policies name submitters, and approves nothing', () => {
    const made = withMember({}, { [release]: 'submitters:\n  people: [demo-maintainer] # for now\n' });
    expect(made.loaded).toMatchObject({ ok: true });
    expect([...made.texts.keys()]).toEqual(['people/yuri.yaml', `${folder}/project.yaml`, release]);
    expect(made.texts.get(release)).toMatchObject({
      submitters: { people: ['demo-maintainer', 'yuri'] },
      approval: { approvers: ['demo-approver'] },
    });
    expect(made.texts.get(`${folder}/project.yaml`)).toMatchObject({ team: { submitters: ['yuri'] } });
  });

  it('an approver may approve under every release policy', () => {
    const made = withMember({ roles: ['approvers'], keys: newSshKey() });
    expect(made.loaded).toMatchObject({ ok: true });
    expect(made.texts.get(release)).toMatchObject({ approval: { approvers: ['demo-approver', 'yuri'] } });
    expect([...made.texts.keys()]).not.toContain(`${folder}/policies/test-signing.yaml`);
  });

  it('is the person whom the policy knows by the account, whatever short name was typed', () => {
    const made = withMember({ identity: onGitHub('900001'), handle: 'somebody-else', roles: ['approvers'] });
    expect(made.handle).toBe('demo-maintainer');
    expect(made.files.every(({ path }) => !path.startsWith('people/'))).toBe(true);
    expect(made.loaded).toMatchObject({ ok: true });
  });

  it('can’t take another person’s handle', () => {
    expect(withMember({ handle: 'demo-approver' }).handle).toBe('demo-approver-900013');
  });

  it('changes nothing where they have these roles already', () => {
    expect(withMember({ identity: onGitHub('900002'), roles: ['approvers'] })).toMatchObject({
      handle: 'demo-approver',
      files: [],
      unreadable: [],
    });
  });
});
