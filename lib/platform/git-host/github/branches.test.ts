import { describe, expect, it } from 'vitest';
import { onFake, policyFile, refused, textOf } from './on-fake.fixture.ts';

const on = onFake();
const changes = [{ path: policyFile, content: 'quorum: 2\n' }];

describe('branches on GitHub', () => {
  it('makes a branch of one commit on the given base, with exactly the changed files', async () => {
    const base = await on.main();
    const both = [...changes, { path: 'people/ada.yaml', content: 'name: Ada Lovelace\n' }];
    const head = await on.host.createBranch({ branch: 'change', base, message: 'Two', changes: both });
    expect(await on.host.branchHead('change')).toBe(head);
    expect(on.fake.state.objects.commit(head)).toMatchObject({ parents: [base], message: 'Two' });
    expect(await on.host.compare({ base, head })).toEqual({
      status: 'ahead',
      mergeBase: base,
      aheadBy: 1,
      behindBy: 0,
      files: [
        { path: 'people/ada.yaml', previousPath: null, status: 'added' },
        { path: policyFile, previousPath: null, status: 'modified' },
      ],
    });
  });

  it('returns null for a branch that doesn’t exist', async () => {
    expect(await on.host.branchHead('nothing')).toBeNull();
  });

  it('removes a file whose new content is null', async () => {
    const base = await on.main();
    const gone = [{ path: policyFile, content: null }];
    const head = await on.host.createBranch({ branch: 'drop', base, message: 'Drop', changes: gone });
    expect(await on.host.readFile({ commit: head, path: policyFile })).toBeNull();
    expect(textOf(await on.host.readFile({ commit: base, path: policyFile }))).toBe('quorum: 1\n');
  });

  it('refuses a branch that exists and is something else', async () => {
    const base = await on.main();
    on.fake.people.push({ branch: 'change', changes: { 'README.md': 'taken\n' } });
    const again = on.host.createBranch({ branch: 'change', base, message: 'Two', changes });
    await expect(again).rejects.toEqual(refused('CONFLICT'));
  });

  it('returns the same branch when asked twice, and when the first answer was lost', async () => {
    const base = await on.main();
    const lost = { kind: 'status', status: 502, applied: true } as const;
    on.fake.inject({ method: 'POST', path: /\/git\/refs$/, mishap: lost });
    const head = await on.host.createBranch({ branch: 'change', base, message: 'Two', changes });
    on.fake.state.aheadSeconds = 30;
    expect(await on.host.createBranch({ branch: 'change', base, message: 'Two', changes })).toBe(head);
    expect(await on.host.branchHead('change')).toBe(head);
  });

  it('adds a commit only on top of the expected head', async () => {
    const base = await on.main();
    const first = await on.host.createBranch({ branch: 'change', base, message: 'Two', changes });
    const third = {
      branch: 'change',
      message: 'Three',
      changes: [{ path: policyFile, content: 'quorum: 3\n' }],
    };
    const second = await on.host.addCommit({ ...third, expectedHead: first });
    expect(await on.host.branchHead('change')).toBe(second);
    on.fake.people.push({ branch: 'change', changes: { 'README.md': 'pushed meanwhile\n' } });
    await expect(on.host.addCommit({ ...third, expectedHead: second })).rejects.toEqual(refused('CONFLICT'));
  });

  it('never overwrites what was pushed between its read and its write', async () => {
    const base = await on.main();
    const head = await on.host.createBranch({ branch: 'change', base, message: 'Two', changes });
    let pushed = '';
    const act = (): void => {
      pushed = on.fake.people.push({ branch: 'change', changes: { 'README.md': 'first\n' } });
    };
    on.fake.inject({ method: 'PATCH', path: /\/git\/refs\//, mishap: { kind: 'meanwhile', act } });
    const changed = [{ path: policyFile, content: 'quorum: 3\n' }];
    const adding = on.host.addCommit({
      branch: 'change',
      message: 'Three',
      changes: changed,
      expectedHead: head,
    });
    await expect(adding).rejects.toEqual(refused('CONFLICT'));
    expect(pushed).not.toBe('');
    expect(await on.host.branchHead('change')).toBe(pushed);
  });

  it.each(['../foundation.yaml', '/etc/passwd', '.git/config', 'a//b', 'a\\b', 'a\nb', '', 'a/.GIT/hooks/x'])(
    'refuses the path %j before anything is sent',
    async (path) => {
      const base = await on.main();
      const unfit = { branch: 'change', base, message: 'No', changes: [{ path, content: '' }] };
      await expect(on.host.createBranch(unfit)).rejects.toEqual(refused('INVALID'));
      expect(on.fake.log.filter(({ method, path: to }) => method === 'POST' && to.includes('/git/'))).toEqual(
        [],
      );
    },
  );

  it('refuses a commit that changes a path twice', async () => {
    const base = await on.main();
    const commit = { branch: 'change', base, message: 'No' };
    const twice = [...changes, ...changes];
    await expect(on.host.createBranch({ ...commit, changes: twice })).rejects.toEqual(refused('INVALID'));
  });
});

describe('files on GitHub', () => {
  it('reads bytes as they are, at exactly that commit', async () => {
    const text = `name: "Ünïcode – ${'long '.repeat(200)}"\n`;
    const head = on.fake.people.push({ branch: 'other', changes: { 'people/ünï cödé.yaml': text } });
    const commit = await on.host.branchHead('other');
    expect(commit).toBe(head);
    if (commit === null) return;
    expect(textOf(await on.host.readFile({ commit, path: 'people/ünï cödé.yaml' }))).toBe(text);
  });

  it('refuses a folder and returns null for a missing file', async () => {
    const commit = await on.main();
    await expect(on.host.readFile({ commit, path: 'projects' })).rejects.toEqual(refused('INVALID'));
    expect(await on.host.readFile({ commit, path: 'projects/none.yaml' })).toBeNull();
  });

  it('refuses a file with fewer bytes than its stated size', async () => {
    const commit = await on.main();
    on.fake.inject({ path: /\/contents\//, times: 2, mishap: { kind: 'without', field: 'content' } });
    await expect(on.host.readFile({ commit, path: policyFile })).rejects.toEqual(refused('PARTIAL'));
  });

  it('refuses a comparison that GitHub may have truncated at 300 files', async () => {
    const base = await on.main();
    const many = Object.fromEntries(
      Array.from({ length: 301 }, (_, index) => [`people/p${index}.yaml`, 'x\n']),
    );
    on.fake.people.push({ branch: 'many', changes: many });
    const head = await on.host.branchHead('many');
    if (head === null) throw new Error('the push failed');
    await expect(on.host.compare({ base, head })).rejects.toEqual(refused('PARTIAL'));
  });
});
