'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { isError } from '../../../lib/core/error-class/index.ts';
import {
  ApplicationsError,
  answerMark,
  proveRepository,
  readApplication,
  saveAnswer,
  startApplication,
  submitApplication,
} from '../../../lib/applications/index.ts';
import { sessionHostToken } from '../../../lib/platform/auth/web.ts';
import { RateLimitError } from '../../../lib/platform/rate-limit/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { limitActions } from '../../_components/limit-actions.ts';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';
import type { QuestionFormState } from './_question/question-form.tsx';

const id = z.coerce.number().int().positive().max(2_000_000_000);
const place = z.object({ id });
const answerFields = z.object({
  id,
  question: z.string().max(100),
  seen: z.string().max(32),
  intent: z.enum(['next', 'later']).default('next'),
  back: z.literal('check').optional(),
});
const typedCharactersMax = 20_000;

type Form = (before: ActionFormState, form: FormData) => Promise<ActionFormState>;

export const startForm: Form = async (_before, form) => {
  let started = 0;
  const failed = await runVerb(form, async () => {
    started = await startApplication({ ctx: await pageContext() });
  });
  return failed ?? redirect(`/apply/${started}`);
};

export async function answerForm(_before: QuestionFormState, form: FormData): Promise<QuestionFormState> {
  const fields = answerFields.parse(Object.fromEntries(form));
  const typed: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string' && !name.startsWith('$') && !(name in answerFields.shape)) {
      typed[name] = value.slice(0, typedCharactersMax);
    }
  }
  // A choice from the list stands for the address; what was typed as another one wins.
  if (fields.question === 'repository') {
    const written = typed['uri']?.trim() ?? '';
    typed['uri'] = written === '' ? (typed['chosen'] ?? '') : written;
  }
  const ctx = await pageContext();
  try {
    await limitActions();
    const userToken = fields.question === 'repository' ? await sessionHostToken(ctx) : null;
    await saveAnswer({ ctx, input: { ...fields, typed, userToken } });
  } catch (error) {
    if (isError(error, RateLimitError)) {
      const { message, fix } = error;
      return { errors: {}, error: { message, fix }, values: typed, seen: fields.seen };
    }
    if (!isError(error, ApplicationsError)) throw error;
    const aboutFields = error.fields.length > 0;
    return {
      errors: Object.fromEntries(error.fields.map((one) => [one.field, one.message])),
      error: aboutFields ? null : { message: error.message, fix: error.fix },
      values: typed,
      seen: error.code === 'CHANGED_MEANWHILE' ? await markNow(fields.id, fields.question) : fields.seen,
    };
  }
  redirect(await placeAfter(fields));
}

/** The other window's answer has been shown now: sending again replaces it. */
async function markNow(applicationId: number, question: string): Promise<string> {
  const { application } = await readApplication({
    ctx: await pageContext(),
    input: { id: applicationId },
  });
  return answerMark(application.answers[question]);
}

async function placeAfter(fields: z.output<typeof answerFields>): Promise<string> {
  const { application, progress } = await readApplication({
    ctx: await pageContext(),
    input: { id: fields.id },
  });
  if (application.status !== 'draft') return `/applications/${fields.id}?done=changed`;
  if (progress.ended !== null) return `/apply/${fields.id}/ended`;
  if (fields.intent === 'later') return `/apply/${fields.id}`;
  if (fields.question === 'repository' && application.proof === null) return `/apply/${fields.id}/proof`;
  if (fields.back === 'check' || progress.next === null) return `/apply/${fields.id}/check`;
  return `/apply/${fields.id}/${progress.next.id}`;
}

export const proveForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => {
    const ctx = await pageContext();
    await proveRepository({ ctx, input: { ...input, userToken: await sessionHostToken(ctx) } });
  });
  return failed ?? redirect(`/apply/${input.id}/proof`);
};

export const submitForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => submitApplication({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/applications/${input.id}?done=sent`);
};
