'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { appealDecision, replyToReviewers, withdrawApplication } from '../../../lib/applications/index.ts';
import { attestSecondFactor, checkPolicyLinks } from '../../../lib/onboarding/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const place = z.object({ id: z.coerce.number().int().positive().max(2_000_000_000) });
const textFields = place.extend({ body: z.string().max(20_000) });

type Form = (before: ActionFormState, form: FormData) => Promise<ActionFormState>;

export const replyForm: Form = async (_before, form) => {
  const input = textFields.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => replyToReviewers({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/applications/${input.id}?done=replied`);
};

export const appealForm: Form = async (_before, form) => {
  const input = textFields.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => appealDecision({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/applications/${input.id}?done=appealed`);
};

export const withdrawForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => withdrawApplication({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/applications/${input.id}?done=withdrawn`);
};

export const checkLinksForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => checkPolicyLinks({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/applications/${input.id}?done=looked#checklist`);
};

export const factorForm: Form = async (_before, form) => {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => attestSecondFactor({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/applications/${input.id}?done=attested#checklist`);
};
