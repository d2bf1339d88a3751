'use server';

import { z } from 'zod';
import {
  answerMark,
  proveRepository,
  readApplication,
  saveAnswer,
  startApplication,
  submitApplication,
} from '../../../lib/applications/index.ts';
import { sessionHostToken } from '../../../lib/platform/auth/web.ts';
import { valuesOf } from '../../_components/form/form-state.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { rowNumber, submitForm } from '../../_components/submit-form.ts';

const place = z.object({ id: rowNumber });
const answerFields = z.object({
  id: rowNumber,
  question: z.string().max(100),
  seen: z.string().max(32),
  intent: z.enum(['next', 'later']).default('next'),
  back: z.literal('check').optional(),
});

export const startForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({}), async () => {
    const started = await startApplication({ ctx: await pageContext() });
    return `/apply/${started}`;
  });

export const answerForm: FormAction = async (_before, form) => {
  const answered = await submitForm(form, answerFields, async (fields) => {
    const ctx = await pageContext();
    const ofRepository = fields.question === 'repository';
    const userToken = ofRepository ? await sessionHostToken(ctx) : null;
    const typed = answerOf(form);
    await saveAnswer({
      ctx,
      input: { ...fields, typed: ofRepository ? withChoice(typed) : typed, userToken },
    });
    return placeAfter(fields);
  });
  return answered.error?.code === 'CHANGED_MEANWHILE'
    ? { ...answered, hidden: await shownNow(form) }
    : answered;
};

function answerOf(form: FormData): Readonly<Record<string, string>> {
  const answer: Record<string, string> = {};
  for (const [name, values] of Object.entries(valuesOf(form))) {
    if (!Object.hasOwn(answerFields.shape, name)) answer[name] = values.at(-1) ?? '';
  }
  return answer;
}

/** A choice from the list replaces the address, unless another one was typed. */
function withChoice(typed: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const written = typed['uri']?.trim() ?? '';
  return { uri: written === '' ? (typed['chosen'] ?? '') : written };
}

/** The other window's answer has been shown now: sending again replaces it. */
async function shownNow(form: FormData): Promise<Readonly<Record<string, string>>> {
  const fields = answerFields.safeParse(Object.fromEntries(form));
  if (!fields.success) return {};
  const { application } = await readApplication({
    ctx: await pageContext(),
    input: { id: fields.data.id },
  });
  return { seen: answerMark(application.answers[fields.data.question]) };
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

export const proveForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    const ctx = await pageContext();
    await proveRepository({
      ctx,
      input: { ...input, userToken: await sessionHostToken(ctx) },
    });
    return `/apply/${input.id}/proof`;
  });

export const sendForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await submitApplication({ ctx: await pageContext(), input });
    return `/applications/${input.id}?done=sent`;
  });
