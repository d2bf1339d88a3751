import { readDraft } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { askedFile } from '../_view/asked-file.ts';
import type { EditQuery } from '../_view/asked-file.ts';
import { readSentEdit } from './read-sent-edit.ts';

/** The page's title, which says first that something is wrong: without scripts nothing else could add it. */
export async function editTitle(
  title: string,
  ctx: Context,
  number: number | null,
  query: EditQuery,
): Promise<string> {
  return (await isRefused(ctx, number, query)) ? `Error: ${title}` : title;
}

async function isRefused(ctx: Context, number: number | null, query: EditQuery): Promise<boolean> {
  if (ctx.actor.kind !== 'person') return false;
  if (typeof query.draft !== 'string') {
    const asked = askedFile(query);
    return asked !== null && 'message' in asked;
  }
  const draft = await readDraft({ ctx, input: { id: query.draft } });
  if (draft?.number !== number) return false;
  const sent = await readSentEdit({ ctx, path: draft.path, number, sent: draft.values });
  return draft.error !== null || sent.errors.size > 0;
}
