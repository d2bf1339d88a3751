'use server';

import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import {
  amendChange,
  checkText as checkWritten,
  PolicyChangesError,
  proposeChange,
  readBase,
  removeDraft,
  saveDraft,
} from '../../../../lib/policy-changes/index.ts';
import type { FileChange } from '../../../../lib/platform/git-host/index.ts';
import { beginAction } from '../../../../lib/platform/http/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { RateLimitError } from '../../../../lib/platform/rate-limit/index.ts';
import { valuesOf } from '../../../_components/form/form-state.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { identifier, rowNumber, submitForm, typed } from '../../../_components/submit-form.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';
import { readSentEdit } from './read-sent-edit.ts';

const place = z.object({
  path: z.string().min(1).max(300),
  /** Number of an open change; empty for a new one. */
  number: z
    .literal('')
    .transform(() => null)
    .or(rowNumber),
  /** The commit that the edit began with. */
  base: identifier(parseCommitSha),
  draft: z.string().max(64),
  title: typed,
  description: typed,
  intent: z.enum(['look', 'propose']),
});

/**
 * What was typed is saved before anything else happens, and the page is rendered from it again, with what it would mean and what is
 * wrong with it: reloading, going back and sending twice lose nothing, with and without JavaScript.
 */
export const sendEdit: FormAction = async (_before, form) =>
  submitForm(form, place, async (asked) => {
    const ctx = await pageContext();
    const { path, number, base, intent } = asked;
    const here = number === null ? '/changes/new' : `/changes/${number}/edit`;
    const sent = draftOf(form);
    const draft = { path, number, base, values: sent };
    const id = await saveDraft({ ctx, input: { ...draft, id: asked.draft, error: null } });
    const again = `${here}?draft=${id}`;
    if (intent === 'look') return again;
    try {
      const { content } = await readSentEdit({ ctx, path, number, sent });
      if (content === null) return again;
      const done = await propose(ctx, { ...asked, changes: [{ path, content }] });
      await removeDraft({ ctx, input: { id } });
      return done;
    } catch (error) {
      if (!isError(error, PolicyChangesError)) throw error;
      const { message, fix, fields } = error;
      // Sent again, it is about what is shown now, and that is how the policy stands now.
      const newBase = error.code === 'CHANGED_MEANWHILE' ? await readBase({ ctx, input: { number } }) : base;
      const wrong = { message, fix, fields };
      await saveDraft({ ctx, input: { ...draft, base: newBase, id, error: wrong } });
      return again;
    }
  });

/** → where to go then. */
async function propose(
  ctx: Context,
  input: Omit<z.output<typeof place>, 'path'> & { readonly changes: readonly FileChange[] },
): Promise<string> {
  const { number, base, title, description, changes } = input;
  if (number === null) {
    const pull = await proposeChange({ ctx, input: { title, description, base, changes } });
    return `/changes/${pull.number}?done=proposed`;
  }
  await amendChange({ ctx, input: { number, expectedHead: base, message: title, changes } });
  return `/changes/${number}?done=amended`;
}

/** What people entered, and nothing else that a form brings. */
function draftOf(form: FormData): ReadonlyMap<string, readonly string[]> {
  const entered = Object.entries(valuesOf(form)).filter(
    ([name]) => ['title', 'description', 'content'].includes(name) || name.startsWith('value.'),
  );
  return new Map(entered);
}

const looked = z.object({
  path: z.string().min(1).max(300),
  content: z.string(),
  number: z.number().int().positive().nullable(),
});

/** For the editor: what the validator and the linter say of this file as it is being written. */
export async function checkText(
  number: number | null,
  path: string,
  content: string,
): Promise<readonly EditorDiagnostic[]> {
  beginAction();
  const parsed = looked.safeParse({ path, content, number });
  // Only the editor asks, and it asks as this says.
  if (!parsed.success) return [];
  const asked = parsed.data;
  const ctx = await pageContext();
  if (ctx.actor.kind !== 'person') return [];
  const found = await checkWritten({ ctx, input: asked }).catch((error: unknown) => {
    if (isError(error, RateLimitError)) return error;
    throw error;
  });
  if (isError(found, RateLimitError)) return [notChecked(found)];
  const { problems, notices } = found;
  const here = [
    ...problems.map((problem) => ({ ...problem, level: 'error' as const })),
    ...notices.map(({ severity, ...notice }) => ({ ...notice, level: severity })),
  ];
  return here.map(({ file, line, column, level, rule, message, fix }) => {
    // What this text breaks elsewhere is said at its top: there is no line here to point at.
    if (file !== asked.path) return { line: 1, column: 1, level, rule, message: `${file}: ${message}`, fix };
    return { line, column, level, rule, message, fix };
  });
}

/** Without it, no marks would look like no mistakes. */
const notChecked = ({ message, retryAfterSeconds }: RateLimitError): EditorDiagnostic => ({
  line: 1,
  column: 1,
  level: 'note',
  rule: 'too-often',
  message: `This text wasn’t checked. ${message}`,
  fix: `Go on writing in ${retryAfterSeconds} seconds, and it is checked again.`,
});
