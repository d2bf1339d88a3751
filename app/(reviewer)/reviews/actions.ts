'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { proposeAgain } from '../../../lib/onboarding/index.ts';
import {
  attestEvidence,
  claimReview,
  recuseFromReview,
  releaseReview,
  removeView,
  reviewAgain,
  saveView,
  writeInReview,
} from '../../../lib/reviews/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const number = z.coerce.number().int().positive().max(2_000_000_000);
const place = z.object({ id: number });
const text = z.string().max(20_000);

type Form = (before: ActionFormState, form: FormData) => Promise<ActionFormState>;

export const claimForm: Form = async (_before, form) => {
  const { intent, ...input } = place
    .extend({ intent: z.enum(['claim', 'release']) })
    .parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => {
    const ctx = await pageContext();
    await (intent === 'claim' ? claimReview({ ctx, input }) : releaseReview({ ctx, input }));
  });
  return failed ?? redirect(intent === 'claim' ? `/reviews/${input.id}` : '/reviews');
};

export const talkForm: Form = async (_before, form) => {
  const { intent: kind, ...input } = place
    .extend({ body: text, intent: z.enum(['note', 'message', 'question']) })
    .parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () =>
    writeInReview({ ctx: await pageContext(), input: { ...input, kind } }),
  );
  return failed ?? redirect(`/reviews/${input.id}?done=${kind}`);
};

export const recuseForm: Form = async (_before, form) => {
  const input = place.extend({ reason: text }).parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => recuseFromReview({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/reviews/${input.id}?done=recused`);
};

export const attestForm: Form = async (_before, form) => {
  const input = place
    .extend({ kind: z.string().max(40), title: z.string().max(1_000), url: z.string().max(2_000), text })
    .parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => attestEvidence({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/reviews/${input.id}?done=attested#evidence`);
};

export const againForm: Form = async (_before, form) => {
  const input = z.object({ applicationId: number, reason: text }).parse(Object.fromEntries(form));
  let opened = 0;
  const failed = await runVerb(form, async () => {
    opened = await reviewAgain({ ctx: await pageContext(), input });
  });
  return failed ?? redirect(`/reviews/${opened}`);
};

export const proposeAgainForm: Form = async (_before, form) => {
  const { id, ...input } = place.extend({ applicationId: number }).parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => proposeAgain({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/reviews/${id}?done=proposed-again`);
};

export const saveViewForm: Form = async (_before, form) => {
  const input = z
    .object({ name: z.string().max(1_000), query: z.string().max(1_000) })
    .parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => saveView({ ctx: await pageContext(), input }));
  return failed ?? redirect(input.query === '' ? '/reviews' : `/reviews?${input.query}`);
};

export const removeViewForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => removeView({ ctx: await pageContext(), input }));
  return failed ?? redirect('/reviews');
};
