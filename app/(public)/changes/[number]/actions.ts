'use server';

import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import {
  closeChange,
  mergeChange,
  reviewChange,
  signChange,
  updateChange,
} from '../../../../lib/policy-changes/index.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { identifier, rowNumber, submitForm, typed } from '../../../_components/submit-form.ts';

const place = z.object({ number: rowNumber, head: identifier(parseCommitSha) });
const signFields = place.extend({ signature: typed });
const reviewFields = place.extend({
  body: typed,
  intent: z.enum(['commented', 'changes_requested', 'withdrawn']),
});
const mergeFields = place.extend({ guardsSeen: z.literal('yes').optional() });

export const signForm: FormAction = async (_before, form) =>
  submitForm(form, signFields, async (input) => {
    await signChange({ ctx: await pageContext(), input });
    return `/changes/${input.number}?done=signed`;
  });

export const reviewForm: FormAction = async (_before, form) =>
  submitForm(form, reviewFields, async ({ intent, ...input }) => {
    await reviewChange({ ctx: await pageContext(), input: { ...input, state: intent } });
    return `/changes/${input.number}?done=reviewed`;
  });

export const mergeForm: FormAction = async (_before, form) =>
  submitForm(form, mergeFields, async ({ guardsSeen, ...input }) => {
    await mergeChange({ ctx: await pageContext(), input: { ...input, guardsSeen: guardsSeen === 'yes' } });
    return `/changes/${input.number}`;
  });

export const updateForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await updateChange({ ctx: await pageContext(), input });
    return `/changes/${input.number}?done=updated`;
  });

export const closeForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await closeChange({ ctx: await pageContext(), input });
    return `/changes/${input.number}`;
  });
