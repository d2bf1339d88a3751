import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { standingReviews } from '../index.ts';
import { onFake, policyFile, refused } from './on-fake.fixture.ts';

const on = onFake();

describe('pull requests on GitHub', () => {
  it('opens, edits and closes one', async () => {
    const base = await on.main();
    const opened = await on.propose();
    expect(opened).toMatchObject({
      number: 1,
      state: 'open',
      title: 'Two approvals',
      body: 'Because.',
      draft: false,
    });
    expect(opened.base).toEqual({ branch: 'main', commit: base, repositoryId: '900100777' });
    expect(opened.head.commit).toBe(await on.host.branchHead('change'));
    expect(opened.mergeCommit).toBeNull();
    const edited = await on.host.updatePullRequest({ number: 1, title: 'Ask for two', body: 'Clearer.' });
    expect(edited).toMatchObject({ title: 'Ask for two', body: 'Clearer.', state: 'open' });
    expect(await on.host.closePullRequest(1)).toMatchObject({ state: 'closed' });
    expect(await on.host.closePullRequest(1)).toMatchObject({ state: 'closed' });
    expect(await on.host.openPullRequests()).toEqual([]);
  });

  it('returns the open one when asked twice or when the first answer was lost', async () => {
    const lost = { kind: 'status', status: 504, applied: true } as const;
    on.fake.inject({ method: 'POST', path: /\/pulls$/, mishap: lost });
    const first = await on.propose();
    const again = { branch: 'change', base: 'main', title: 'Two approvals', body: 'Because.' };
    expect((await on.host.openPullRequest(again)).number).toBe(first.number);
    expect(on.fake.state.pulls.size).toBe(1);
  });

  it('lists all open ones over several pages, oldest first', async () => {
    for (let index = 0; index < 130; index += 1) {
      on.fake.people.push({ branch: `b${index}`, changes: { 'README.md': `${index}\n` } });
      await on.host.openPullRequest({ branch: `b${index}`, base: 'main', title: `${index}`, body: '' });
    }
    const numbers = (await on.host.openPullRequests()).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 130 }, (_, index) => index + 1));
  });

  it('returns no partial list when a later page fails', async () => {
    await on.propose();
    for (let index = 0; index < 101; index += 1) {
      on.fake.people.review({ number: 1, by: `reviewer${index}`, state: 'APPROVED' });
    }
    on.fake.inject({ path: /reviews\?.*page=2/, times: 9, mishap: { kind: 'status', status: 503 } });
    await expect(on.host.reviews(1)).rejects.toEqual(refused('UNAVAILABLE'));
  });

  it('answers NOT_FOUND for a number that doesn’t exist', async () => {
    await expect(on.host.pullRequest(77)).rejects.toEqual(refused('NOT_FOUND'));
  });
});

describe('reviews on GitHub', () => {
  it('says who, by numeric id, decided what, on which commit', async () => {
    const { head } = await on.propose();
    on.fake.people.review({ number: 1, by: 'ada', state: 'APPROVED' });
    const [review] = await on.host.reviews(1);
    const reviewer = { ...onGitHub(on.fake.people.userId('ada')), login: 'ada' };
    expect(review).toMatchObject({ reviewer, state: 'approved', commit: head.commit });
  });

  it('doesn’t count an approval for a head that was force-pushed after it', async () => {
    const opened = await on.propose();
    on.fake.people.review({ number: 1, by: 'ada', state: 'APPROVED' });
    const onto = opened.base.commit;
    on.fake.people.push({ branch: 'change', onto, changes: { [policyFile]: 'quorum: 0\n' } });
    const { head, author } = await on.host.pullRequest(1);
    expect(head.commit).not.toBe(opened.head.commit);
    const standing = standingReviews({
      reviews: await on.host.reviews(1),
      head: head.commit,
      author,
    });
    expect(standing.approvals).toEqual([]);
    expect(standing.outdated).toHaveLength(1);
  });

  it('doesn’t count what was dismissed', async () => {
    const { head, author } = await on.propose();
    on.fake.people.dismiss(on.fake.people.review({ number: 1, by: 'ada', state: 'APPROVED' }));
    const reviews = await on.host.reviews(1);
    expect(reviews).toMatchObject([{ state: 'dismissed' }]);
    expect(standingReviews({ reviews, head: head.commit, author }).approvals).toEqual([]);
  });

  it.each(['user', 'commit_id', 'submitted_at', 'state'])('refuses reviews that lack %s', async (field) => {
    await on.propose();
    on.fake.people.review({ number: 1, by: 'ada', state: 'APPROVED' });
    on.fake.inject({ path: /\/reviews/, times: 2, mishap: { kind: 'without', field } });
    await expect(on.host.reviews(1)).rejects.toEqual(refused('PARTIAL'));
  });
});
