'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { parseCommitSha } from '../../../../lib/core/ids/index.ts';
import type { FormValues } from '../../../../lib/core/policy-edit/index.ts';
import { amendChange, checkDraft, proposeChange } from '../../../../lib/policy-changes/index.ts';
import { ExplainedError } from '../../../../lib/platform/http/index.ts';
import { pageContext } from '../../../_components/page-context.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';
import type { EditState } from './edit-state.ts';
import { readSentEdit } from './read-sent-edit.ts';
import { Preview } from './preview.tsx';

const contentCharactersMax = 400_000;
const place = z.object({
  path: z.string().min(1).max(300),
  /** Number of an open change; empty for a new one. */
  number: z.union([z.literal(''), z.coerce.number().int().positive().max(999_999_999)]),
  /** The commit that the edit began with. */
  base: z.string().transform((value) => parseCommitSha(value)),
  title: z.string().max(2_000),
  description: z.string().max(20_000).default(''),
  intent: z.enum(['look', 'propose']),
});

export async function editForm(before: EditState, form: FormData): Promise<EditState> {
  const asked = place.parse(Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')));
  const ctx = await pageContext();
  const number = asked.number === '' ? null : asked.number;
  const sent: FormValues = new Map(
    [...new Set(form.keys())].map((name) => [
      name,
      form
        .getAll(name)
        .filter((value) => typeof value === 'string')
        .map((value) => value.slice(0, contentCharactersMax)),
    ]),
  );
  const answer = (rest: Partial<EditState>): EditState => ({
    ...{ error: null, errors: {}, preview: null, fields: null, text: null },
    ...{ title: asked.title, description: asked.description, turn: before.turn + 1 },
    ...rest,
  });
  let shown: Pick<EditState, 'fields' | 'text'> = { fields: before.fields, text: before.text };
  let goTo = '';
  try {
    const edit = await readSentEdit({ ctx, path: asked.path, number, sent });
    shown = { fields: edit.fields, text: edit.text };
    if (edit.content === null) {
      const error = {
        message: 'There is a problem with what was entered.',
        fix: 'Correct the fields below.',
      };
      return answer({ ...shown, error, errors: Object.fromEntries(edit.errors) });
    }
    const changes = [{ path: asked.path, content: edit.content }];
    if (asked.intent === 'look') {
      const draft = await checkDraft({ ctx, input: { changes, number } });
      return answer({ ...shown, preview: <Preview draft={draft} /> });
    }
    try {
      if (number === null) {
        const { title, description, base } = asked;
        const pull = await proposeChange({ ctx, input: { title, description, base, changes } });
        goTo = `/changes/${pull.number}?done=proposed`;
      } else {
        const input = { number, expectedHead: asked.base, message: asked.title, changes };
        await amendChange({ ctx, input });
        goTo = `/changes/${number}?done=amended`;
      }
    } catch (error) {
      if (!(error instanceof ExplainedError)) throw error;
      const draft = await checkDraft({ ctx, input: { changes, number } }).catch(() => null);
      const preview = draft === null ? null : <Preview draft={draft} />;
      return answer({ ...shown, error: { message: error.message, fix: error.fix }, preview });
    }
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    return answer({ ...shown, error: { message: error.message, fix: error.fix } });
  }
  redirect(goTo);
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
