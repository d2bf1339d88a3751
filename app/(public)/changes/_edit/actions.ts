'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { isError } from '../../../../lib/core/error-class/index.ts';
import { parseCommitSha } from '../../../../lib/core/ids/index.ts';
import {
  amendChange,
  checkDraft,
  PolicyChangesError,
  proposeChange,
  removeDraft,
  saveDraft,
} from '../../../../lib/policy-changes/index.ts';
import { pageContext } from '../../../_components/page-context.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';
import { readSentEdit } from './read-sent-edit.ts';

const contentCharactersMax = 400_000;
const place = z.object({
  path: z.string().min(1).max(300),
  /** Number of an open change; empty for a new one. */
  number: z.union([z.literal(''), z.coerce.number().int().positive().max(999_999_999)]),
  /** The commit that the edit began with. */
  base: z.string().transform((value) => parseCommitSha(value)),
  draft: z.string().max(64),
  title: z.string().max(2_000),
  description: z.string().max(20_000).default(''),
  intent: z.enum(['look', 'propose']),
});

/**
 * What was typed is kept before anything else happens, and the page is shown anew from it: reloading, going back and
 * sending twice lose nothing, with and without JavaScript.
 */
export async function sendEdit(form: FormData): Promise<void> {
  const sent = textsOf(form);
  const asked = place.parse(Object.fromEntries([...sent].map(([name, texts]) => [name, texts.at(-1)])));
  const ctx = await pageContext();
  if (ctx.actor.kind !== 'person') redirect('/sign-in');
  const number = asked.number === '' ? null : asked.number;
  const { path, base, title, description } = asked;
  const here = number === null ? '/changes/new' : `/changes/${number}/edit`;
  const about = { path, number, base, values: sent };
  const id = await saveDraft({ ctx, input: { ...about, id: asked.draft, error: null } });
  if (asked.intent === 'look') redirect(`${here}?draft=${id}`);
  let done: string;
  try {
    const { content } = await readSentEdit({ ctx, path, number, sent });
    if (content === null) redirect(`${here}?draft=${id}`);
    const changes = [{ path, content }];
    if (number === null) {
      const pull = await proposeChange({ ctx, input: { title, description, base, changes } });
      done = `/changes/${pull.number}?done=proposed`;
    } else {
      await amendChange({ ctx, input: { number, expectedHead: base, message: title, changes } });
      done = `/changes/${number}?done=amended`;
    }
  } catch (error) {
    if (!isError(error, PolicyChangesError)) throw error;
    await saveDraft({ ctx, input: { ...about, id, error: { message: error.message, fix: error.fix } } });
    redirect(`${here}?draft=${id}`);
  }
  await removeDraft({ ctx, input: { id } });
  redirect(done);
}

function textsOf(form: FormData): ReadonlyMap<string, readonly string[]> {
  const names = [...new Set(form.keys())].filter((name) => !name.startsWith('$')).slice(0, 100);
  return new Map(
    names.map((name) => [
      name,
      form
        .getAll(name)
        .filter((value) => typeof value === 'string')
        .slice(0, 200)
        .map((value) => value.slice(0, contentCharactersMax)),
    ]),
  );
}

const looked = z.object({
  path: z.string().min(1).max(300),
  content: z.string().max(contentCharactersMax),
  number: z.number().int().positive().nullable(),
});

/** For the editor: what the validator and the linter say of this file as it is being written. */
export async function checkText(
  number: number | null,
  path: string,
  content: string,
): Promise<readonly EditorDiagnostic[]> {
  const asked = looked.parse({ path, content, number });
  const ctx = await pageContext();
  if (ctx.actor.kind !== 'person') return [];
  const changes = [{ path: asked.path, content: asked.content }];
  const { problems, notices } = await checkDraft({ ctx, input: { changes, number: asked.number } });
  const here = [
    ...problems.map((one) => ({ ...one, level: 'error' as const })),
    ...notices.map(({ severity, ...one }) => ({ ...one, level: severity })),
  ];
  return here.map(({ file, line, column, level, rule, message, fix }) => {
    // What this text breaks elsewhere is said at its top: there is no line here to point at.
    if (file !== asked.path) return { line: 1, column: 1, level, rule, message: `${file}: ${message}`, fix };
    return { line, column, level, rule, message, fix };
  });
}
