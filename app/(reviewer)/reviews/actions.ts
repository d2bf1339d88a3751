'use server';

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
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { rowNumber, submitForm, typed } from '../../_components/submit-form.ts';

const place = z.object({ id: rowNumber });

export const claimForm: FormAction = async (_before, form) =>
  submitForm(form, place.extend({ intent: z.enum(['claim', 'release']) }), async ({ intent, ...input }) => {
    const ctx = await pageContext();
    await (intent === 'claim' ? claimReview({ ctx, input }) : releaseReview({ ctx, input }));
    return intent === 'claim' ? `/reviews/${input.id}` : '/reviews';
  });

const talk = place.extend({ body: typed, intent: z.enum(['note', 'message', 'question']) });

export const talkForm: FormAction = async (_before, form) =>
  submitForm(form, talk, async ({ intent: kind, ...input }) => {
    await writeInReview({ ctx: await pageContext(), input: { ...input, kind } });
    return `/reviews/${input.id}?done=${kind}`;
  });

export const recuseForm: FormAction = async (_before, form) =>
  submitForm(form, place.extend({ reason: typed }), async (input) => {
    await recuseFromReview({ ctx: await pageContext(), input });
    return `/reviews/${input.id}?done=recused`;
  });

const evidence = place.extend({ kind: typed, title: typed, url: typed, text: typed });

export const attestForm: FormAction = async (_before, form) =>
  submitForm(form, evidence, async (input) => {
    await attestEvidence({ ctx: await pageContext(), input });
    return `/reviews/${input.id}?done=attested#evidence`;
  });

export const againForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({ applicationId: rowNumber, reason: typed }), async (input) => {
    const opened = await reviewAgain({ ctx: await pageContext(), input });
    return `/reviews/${opened}`;
  });

export const proposeAgainForm: FormAction = async (_before, form) =>
  submitForm(form, place.extend({ applicationId: rowNumber }), async ({ id, ...input }) => {
    await proposeAgain({ ctx: await pageContext(), input });
    return `/reviews/${id}?done=proposed-again`;
  });

export const saveViewForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({ name: typed, query: typed }), async (input) => {
    const { query } = await saveView({ ctx: await pageContext(), input });
    return query === '' ? '/reviews' : `/reviews?${query}`;
  });

export const removeViewForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await removeView({ ctx: await pageContext(), input });
    return '/reviews';
  });
