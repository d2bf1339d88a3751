'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { parseCommitSha } from '../../../../lib/core/ids/index.ts';
import {
  closeChange,
  mergeChange,
  reviewChange,
  signChange,
  updateChange,
} from '../../../../lib/policy-changes/index.ts';
import type { ActionFormState } from '../../../_components/action-form.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { runVerb } from '../../../_components/run-verb.ts';

const place = z.object({
  number: z.coerce.number().int().positive().max(999_999_999),
  head: z.string().transform((value) => parseCommitSha(value)),
});
const signFields = place.extend({ signature: z.string().max(20_000) });
const reviewFields = place.extend({
  body: z.string().max(20_000),
  intent: z.enum(['commented', 'changes_requested', 'withdrawn']),
});
const mergeFields = place.extend({ guardsSeen: z.literal('yes').optional() });

type Form = (before: ActionFormState, form: FormData) => Promise<ActionFormState>;

export const signForm: Form = async (_before, form) => {
  const input = signFields.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => signChange({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/changes/${input.number}?done=signed`);
};

export const reviewForm: Form = async (_before, form) => {
  const { intent, ...input } = reviewFields.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () =>
    reviewChange({ ctx: await pageContext(), input: { ...input, state: intent } }),
  );
  return failed ?? redirect(`/changes/${input.number}?done=reviewed`);
};

export const mergeForm: Form = async (_before, form) => {
  const { guardsSeen, ...input } = mergeFields.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () =>
    mergeChange({ ctx: await pageContext(), input: { ...input, guardsSeen: guardsSeen === 'yes' } }),
  );
  return failed ?? redirect(`/changes/${input.number}`);
};

export const updateForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => updateChange({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/changes/${input.number}?done=updated`);
};

export const closeForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => closeChange({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/changes/${input.number}`);
};
