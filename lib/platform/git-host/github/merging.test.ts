import { describe, expect, it, vi } from 'vitest';
import { onFake, policyFile, refused } from './on-fake.fixture.ts';

const on = onFake();

async function ready() {
  const pull = await on.propose();
  const { head, base } = await on.host.mergeState(pull.number);
  const expected = { number: pull.number, expectedHead: head, expectedBase: base, title: 'Merge it' };
  return { ...expected, method: 'merge' as const };
}

describe('the merge state on GitHub', () => {
  it('reports head, the current base, mergeable, and not behind', async () => {
    const { head, number } = await on.propose();
    const base = await on.main();
    const state = {
      state: 'open',
      draft: false,
      head: head.commit,
      base,
      mergeable: true,
      aheadBy: 1,
      behindBy: 0,
    };
    expect(await on.host.mergeState(number)).toEqual(state);
  });

  it('reports how far behind a moved base it is', async () => {
    const { number } = await on.propose();
    const base = on.fake.people.push({ branch: 'main', changes: { 'README.md': 'meanwhile\n' } });
    expect(await on.host.mergeState(number)).toMatchObject({ base, behindBy: 1, mergeable: true });
  });

  it('reports a conflict', async () => {
    const { number } = await on.propose();
    on.fake.people.push({ branch: 'main', changes: { [policyFile]: 'quorum: 9\n' } });
    expect(await on.host.mergeState(number)).toMatchObject({ mergeable: false, behindBy: 1 });
  });

  it('waits for GitHub to compute mergeability, but not for ever', async () => {
    on.fake.state.looksUntilMergeable = 2;
    const { number } = await on.propose();
    on.fake.people.push({ branch: 'change', changes: { [policyFile]: 'quorum: 3\n' } });
    expect(await on.host.mergeState(number)).toMatchObject({ mergeable: true });
    on.fake.state.looksUntilMergeable = 1_000;
    on.fake.people.push({ branch: 'change', changes: { [policyFile]: 'quorum: 4\n' } });
    expect(await on.host.mergeState(number)).toMatchObject({ mergeable: null });
  });
});

describe('merging on GitHub', () => {
  it('merges the expected head into the expected base', async () => {
    const input = await ready();
    const commit = await on.host.merge(input);
    expect(await on.main()).toBe(commit);
    const parents = [input.expectedBase, input.expectedHead];
    expect(on.fake.state.objects.commit(commit)).toMatchObject({ parents, message: 'Merge it' });
    expect(await on.host.pullRequest(input.number)).toMatchObject({ state: 'merged', mergeCommit: commit });
  });

  it('refuses a head that was force-pushed after it was read', async () => {
    const input = await ready();
    const changes = { [policyFile]: 'quorum: 0\n' };
    on.fake.people.push({ branch: 'change', onto: input.expectedBase, changes });
    await expect(on.host.merge(input)).rejects.toEqual(refused('CONFLICT'));
    expect(await on.main()).toBe(input.expectedBase);
  });

  it('lets GitHub decide if the head moves between read and merge', async () => {
    const input = await ready();
    const act = vi.fn(() => {
      on.fake.people.push({ branch: 'change', changes: { [policyFile]: 'quorum: 0\n' } });
    });
    on.fake.inject({ method: 'PUT', path: /merge$/, mishap: { kind: 'meanwhile', act } });
    await expect(on.host.merge(input)).rejects.toEqual(refused('CONFLICT'));
    expect(act).toHaveBeenCalledOnce();
    expect(await on.main()).toBe(input.expectedBase);
  });

  it('refuses a base that moved since the plan was made', async () => {
    const input = await ready();
    on.fake.people.push({ branch: 'main', changes: { 'README.md': 'meanwhile\n' } });
    await expect(on.host.merge(input)).rejects.toEqual(refused('CONFLICT'));
  });

  it('refuses a closed pull request and doesn’t close a merged one', async () => {
    const input = await ready();
    await on.host.closePullRequest(input.number);
    await expect(on.host.merge(input)).rejects.toEqual(refused('CONFLICT'));
    const other = await on.propose('second');
    const { head, base } = await on.host.mergeState(other.number);
    await on.host.merge({ ...input, number: other.number, expectedHead: head, expectedBase: base });
    await expect(on.host.closePullRequest(other.number)).rejects.toEqual(refused('CONFLICT'));
  });

  it.each(['merge', 'fast-forward'] as const)(
    'returns the same commit when a %s is repeated',
    async (method) => {
      const input = { ...(await ready()), method };
      const commit = await on.host.merge(input);
      expect(await on.host.merge(input)).toBe(commit);
    },
  );

  it.each(['merge', 'fast-forward'] as const)(
    'detects that a %s happened whose answer was lost',
    async (method) => {
      const input = { ...(await ready()), method };
      const lost = { kind: 'status', status: 502, applied: true } as const;
      on.fake.inject({
        path: /(merge|heads\/main)$/,
        method: method === 'merge' ? 'PUT' : 'PATCH',
        mishap: lost,
      });
      expect(await on.host.merge(input)).toBe(await on.main());
      expect(on.fake.state.pulls.get(input.number)?.mergedAt).not.toBeNull();
    },
  );

  it('fast-forwards to exactly the reviewed commit, without one made by the host', async () => {
    const input = await ready();
    expect(await on.host.merge({ ...input, method: 'fast-forward' })).toBe(input.expectedHead);
    expect(await on.main()).toBe(input.expectedHead);
    expect(await on.host.pullRequest(input.number)).toMatchObject({ state: 'merged' });
  });

  it('never fast-forwards over a diverged base', async () => {
    const input = { ...(await ready()), method: 'fast-forward' as const };
    let pushed = '';
    const act = (): void => {
      pushed = on.fake.people.push({ branch: 'main', changes: { 'README.md': 'meanwhile\n' } });
    };
    on.fake.inject({ method: 'PATCH', path: /heads\/main$/, mishap: { kind: 'meanwhile', act } });
    await expect(on.host.merge(input)).rejects.toEqual(refused('CONFLICT'));
    expect(await on.main()).toBe(pushed);
  });
});
