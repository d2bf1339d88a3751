/** A reviewer's own views of the queue: names for queries. */
import type { Context } from '../platform/portal/index.ts';
import { ReviewsError } from './error.ts';
import { reviewerOf } from './reviewer.ts';

export interface SavedView {
  readonly id: number;
  readonly name: string;
  /** As in the address, without the question mark. */
  readonly query: string;
}

const viewsMax = 20;

export async function listViews(call: { readonly ctx: Context }): Promise<readonly SavedView[]> {
  const { ctx } = call;
  const rows = await ctx.db.savedView.findMany({
    where: { ownerId: reviewerOf(ctx).githubId },
    orderBy: { name: 'asc' },
    take: viewsMax,
  });
  return rows.map(({ id, name, query }) => ({ id, name, query }));
}

/** A view of the same name is replaced. */
export async function saveView(call: {
  readonly ctx: Context;
  readonly input: { readonly name: string; readonly query: string };
}): Promise<void> {
  const { ctx, input } = call;
  const ownerId = reviewerOf(ctx).githubId;
  const name = input.name.trim();
  if (name === '' || name.length > 40 || /\p{C}/u.test(name)) {
    throw new ReviewsError({
      code: 'VIEW_INVALID',
      message: 'The name of a view has 1 to 40 characters on one line.',
      fix: 'Give it a short name.',
    });
  }
  const query = new URLSearchParams(input.query.slice(0, 500)).toString();
  await ctx.db.$transaction(async (transaction) => {
    await transaction.savedView.upsert({
      where: { ownerId_name: { ownerId, name } },
      update: { query },
      create: { ownerId, name, query, createdAt: ctx.now() },
    });
    if ((await transaction.savedView.count({ where: { ownerId } })) > viewsMax) {
      throw new ReviewsError({
        code: 'VIEW_INVALID',
        message: `You have ${viewsMax} views.`,
        fix: 'Remove one first.',
      });
    }
  });
}

export async function removeView(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  await ctx.db.savedView.deleteMany({ where: { id: input.id, ownerId: reviewerOf(ctx).githubId } });
}
