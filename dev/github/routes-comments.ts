/** Comments of pull requests, which GitHub keeps with issues. */
import { z } from 'zod';
import { found, Refusal, type Call, type Route } from './route.ts';
import type { Comment } from './state.ts';

const at = '/repos/{owner}/{repo}/issues';
const written = z.object({ body: z.string().min(1).max(65_536) });

function ours({ state, path }: Call): Comment {
  const comment = found(state.comments.get(Number(path['comment_id'])));
  if (!comment.viaApp) throw new Refusal(403, 'Resource not accessible by integration');
  return comment;
}

export const commentRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${at}/{issue_number}/comments`,
    run: ({ state, wire, path }) => {
      const { number } = found(state.pulls.get(Number(path['issue_number'])));
      const items = [...state.comments.values()].filter((comment) => comment.number === number);
      return { status: 200, items: items.map((comment) => wire.comment(comment)) };
    },
  },
  {
    method: 'POST',
    template: `${at}/{issue_number}/comments`,
    run: ({ state, wire, path, body }) => {
      const { number } = found(state.pulls.get(Number(path['issue_number'])));
      const now = state.now();
      const comment: Comment = {
        id: state.nextId(),
        number,
        user: state.bot,
        body: body(written).body,
        viaApp: true,
        createdAt: now,
        updatedAt: now,
      };
      state.comments.set(comment.id, comment);
      return { status: 201, body: wire.comment(comment) };
    },
  },
  {
    method: 'PATCH',
    template: `${at}/comments/{comment_id}`,
    run: (call) => {
      const comment = ours(call);
      comment.body = call.body(written).body;
      comment.updatedAt = call.state.now();
      return { status: 200, body: call.wire.comment(comment) };
    },
  },
  {
    method: 'DELETE',
    template: `${at}/comments/{comment_id}`,
    run: (call) => {
      call.state.comments.delete(ours(call).id);
      return { status: 204 };
    },
  },
];
