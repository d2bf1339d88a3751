/** What people do on GitHub while the app isn't looking. */
import type { Comment, Pull, Review, State, User } from './state.ts';

export interface People {
  /** A commit with these files on top of the branch (null removes), or in place of it when `force`. → the new head */
  push(input: {
    readonly branch: string;
    readonly changes: Readonly<Record<string, string | null>>;
    /** Instead of the branch's head: rewrites history where it isn't. */
    readonly onto?: string;
  }): string;
  review(input: {
    readonly number: number;
    readonly by: string;
    readonly state: Review['state'];
    readonly body?: string;
  }): Review;
  dismiss(review: Review): void;
  comment(input: { readonly number: number; readonly by: string; readonly body: string }): Comment;
  userId(login: string): number;
}

export function createPeople(state: State): People {
  const users = new Map<string, User>();
  const user = (login: string): User => {
    const known = users.get(login) ?? { id: 580_000 + users.size, login, type: 'User' };
    users.set(login, known);
    return known;
  };
  const pull = (number: number): Pull => {
    const found = state.pulls.get(number);
    if (found === undefined) throw new RangeError(`the fake has no pull request ${number}`);
    return found;
  };
  return {
    push({ branch, changes, onto }) {
      const ref = `refs/heads/${branch}`;
      const before = state.objects.refs.get(ref);
      const parent = onto ?? before ?? state.objects.refs.get('refs/heads/main') ?? '';
      const files = new Map(state.objects.treeOf(parent));
      for (const [path, text] of Object.entries(changes)) {
        if (text === null) files.delete(path);
        else files.set(path, text);
      }
      const tree = state.objects.addTree(files);
      const commit = state.objects.addCommit({
        tree,
        parents: [parent],
        message: 'By hand',
        date: state.now(),
      });
      const forced = before !== undefined && !state.objects.isAncestor(before, commit.sha);
      state.moveRef(ref, commit.sha, forced);
      return commit.sha;
    },
    review({ number, by, state: decision, body = '' }) {
      const reviewed = pull(number);
      const review: Review = {
        id: state.nextId(),
        number,
        user: user(by),
        state: decision,
        commit: reviewed.head,
        submittedAt: state.now(),
        body,
      };
      state.reviews.set(review.id, review);
      state.tell('pull_request_review', { action: 'submitted', pull: reviewed, review });
      return review;
    },
    dismiss(review) {
      review.state = 'DISMISSED';
      state.tell('pull_request_review', { action: 'dismissed', pull: pull(review.number), review });
    },
    comment({ number, by, body }) {
      const now = state.now();
      const comment: Comment = {
        id: state.nextId(),
        number,
        user: user(by),
        body,
        viaApp: false,
        createdAt: now,
        updatedAt: now,
      };
      state.comments.set(comment.id, comment);
      return comment;
    },
    userId: (login) => user(login).id,
  };
}
