/** A reviewer's own views of the queue: names for queries. */
import { FieldReader } from '../platform/http/index.ts';
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
/** In characters. */
const viewNameMax = 40;

function ownerColumns(ctx: Context) {
  const { host, id } = reviewerOf(ctx).identity;
  return { ownerHost: host, ownerId: id };
}

export async function listViews(call: { readonly ctx: Context }): Promise<readonly SavedView[]> {
  const { ctx } = call;
  const rows = await ctx.db.savedView.findMany({
    where: ownerColumns(ctx),
    orderBy: { name: 'asc' },
    take: viewsMax,
  });
  return rows.map(({ id, name, query }) => ({ id, name, query }));
}

/** A view of the same name is replaced. */
export async function saveView(call: {
  readonly ctx: Context;
  readonly input: { readonly name: string; readonly query: string };
}): Promise<{ readonly query: string }> {
  const { ctx, input } = call;
  const owner = ownerColumns(ctx);
  const reader = new FieldReader();
  const name = reader.text('name', input.name, { label: 'Name of the view', charactersMax: viewNameMax });
  const rules = { label: 'The view', charactersMax: 500, optional: true };
  const query = new URLSearchParams(reader.text('query', input.query, rules)).toString();
  const [problem] = reader.problems;
  if (problem !== undefined) {
    throw new ReviewsError({
      code: 'VIEW_INVALID',
      message: problem.message,
      fields: reader.problems,
      fix: 'Give it a short name.',
    });
  }
  await ctx.db.$transaction(async (transaction) => {
    await transaction.savedView.upsert({
      where: { ownerHost_ownerId_name: { ...owner, name } },
      update: { query },
      create: { ...owner, name, query, createdAt: ctx.now() },
    });
    if ((await transaction.savedView.count({ where: owner })) > viewsMax) {
      throw new ReviewsError({
        code: 'VIEW_INVALID',
        message: `You have ${viewsMax} views.`,
        fix: 'Remove one first.',
      });
    }
  });
  return { query };
}

export async function removeView(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  await ctx.db.savedView.deleteMany({ where: { id: input.id, ...ownerColumns(ctx) } });
}
