/** Pull requests: open, edit, close, review, merge. */
import { z } from 'zod';
import { found, Refusal, type Call, type Route } from './route.ts';
import type { Pull } from './state.ts';

const at = '/repos/{owner}/{repo}';
const pullOf = ({ state, path }: Call): Pull => found(state.pulls.get(Number(path['pull_number'])));

export const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${at}/pulls`,
    run: ({ state, wire, query }) => {
      const wanted = query.get('state') ?? 'open';
      const head = query.get('head');
      const base = query.get('base');
      const items = [...state.pulls.values()]
        .filter((pull) => wanted === 'all' || pull.state === wanted)
        .filter((pull) => head === null || head === `${state.facts.owner}:${pull.headRef}`)
        .filter((pull) => base === null || base === pull.baseRef)
        .sort((a, b) => {
          const byTime = query.get('sort') === 'updated' ? a.updatedAt.localeCompare(b.updatedAt) : 0;
          const order = byTime === 0 ? a.number - b.number : byTime;
          return query.get('direction') === 'asc' ? order : -order;
        });
      return { status: 200, items: items.map((pull) => wire.pull(pull, false)) };
    },
  },
  {
    method: 'POST',
    template: `${at}/pulls`,
    run: ({ state, wire, body }) => {
      const asked = body(
        z.object({
          head: z.string(),
          base: z.string(),
          title: z.string().min(1),
          body: z.string().optional(),
        }),
      );
      const head = state.objects.refs.get(`refs/heads/${asked.head}`);
      const base = state.objects.refs.get(`refs/heads/${asked.base}`);
      if (head === undefined || base === undefined)
        throw new Refusal(422, 'Validation Failed: head or base invalid');
      if (head === base) throw new Refusal(422, `No commits between ${asked.base} and ${asked.head}`);
      const same = [...state.pulls.values()].some(
        (pull) => pull.state === 'open' && pull.headRef === asked.head && pull.baseRef === asked.base,
      );
      if (same)
        throw new Refusal(422, `A pull request already exists for ${state.facts.owner}:${asked.head}.`);
      const now = state.now();
      const pull: Pull = {
        number: state.nextNumber(),
        id: state.nextId(),
        title: asked.title,
        body: asked.body ?? null,
        state: 'open',
        draft: false,
        user: state.bot,
        headRef: asked.head,
        baseRef: asked.base,
        head,
        base,
        mergedAt: null,
        mergeCommit: null,
        createdAt: now,
        updatedAt: now,
        looksUntilMergeable: state.looksUntilMergeable,
      };
      state.pulls.set(pull.number, pull);
      state.tell('pull_request', { action: 'opened', pull });
      return { status: 201, body: wire.pull(pull, true) };
    },
  },
  {
    method: 'GET',
    template: `${at}/pulls/{pull_number}`,
    run: (call) => ({ status: 200, body: call.wire.pull(pullOf(call), true) }),
  },
  {
    method: 'PATCH',
    template: `${at}/pulls/{pull_number}`,
    run: (call) => {
      const pull = pullOf(call);
      const asked = call.body(
        z.object({
          title: z.string().min(1).optional(),
          body: z.string().optional(),
          state: z.enum(['open', 'closed']).optional(),
        }),
      );
      pull.title = asked.title ?? pull.title;
      pull.body = asked.body ?? pull.body;
      const closes = asked.state === 'closed' && pull.state === 'open';
      if (closes) pull.state = 'closed';
      call.state.touch(pull);
      call.state.tell('pull_request', { action: closes ? 'closed' : 'edited', pull });
      return { status: 200, body: call.wire.pull(pull, true) };
    },
  },
  {
    method: 'GET',
    template: `${at}/pulls/{pull_number}/reviews`,
    run: (call) => {
      const { number } = pullOf(call);
      const items = [...call.state.reviews.values()].filter((review) => review.number === number);
      return { status: 200, items: items.map((review) => call.wire.review(review)) };
    },
  },
  {
    method: 'PUT',
    template: `${at}/pulls/{pull_number}/update-branch`,
    run: (call) => {
      const pull = pullOf(call);
      const { state } = call;
      const asked = call.body(z.object({ expected_head_sha: z.string() }));
      if (asked.expected_head_sha !== pull.head) {
        throw new Refusal(422, 'expected_head_sha is not the current head');
      }
      const base = found(state.objects.refs.get(`refs/heads/${pull.baseRef}`));
      const files = state.objects.mergeTrees(pull.head, base);
      if (files === null) throw new Refusal(422, 'merge conflict between base and head');
      const commit = state.objects.addCommit({
        tree: state.objects.addTree(files),
        parents: [pull.head, base],
        message: `Merge branch '${pull.baseRef}' into ${pull.headRef}`,
        date: state.now(),
      });
      state.moveRef(`refs/heads/${pull.headRef}`, commit.sha);
      return { status: 202, body: { message: 'Updating pull request branch.', url: '' } };
    },
  },
  {
    method: 'PUT',
    template: `${at}/pulls/{pull_number}/merge`,
    run: (call) => {
      const pull = pullOf(call);
      const { state } = call;
      const asked = call.body(
        z.object({ sha: z.string(), merge_method: z.literal('merge'), commit_title: z.string().optional() }),
      );
      if (pull.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable');
      if (asked.sha !== pull.head)
        throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
      const ref = `refs/heads/${pull.baseRef}`;
      const base = found(state.objects.refs.get(ref));
      const files = state.objects.mergeTrees(base, pull.head);
      if (files === null) throw new Refusal(405, 'Pull Request is not mergeable');
      const commit = state.objects.addCommit({
        tree: state.objects.addTree(files),
        parents: [base, pull.head],
        message: asked.commit_title ?? `Merge pull request #${pull.number}`,
        date: state.now(),
      });
      state.moveRef(ref, commit.sha);
      return {
        status: 200,
        body: { sha: commit.sha, merged: true, message: 'Pull Request successfully merged' },
      };
    },
  },
];
