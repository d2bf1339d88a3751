'use server';

import { z } from 'zod';
import { appealDecision, replyToReviewers, withdrawApplication } from '../../../lib/applications/index.ts';
import { attestSecondFactor, checkPolicyLinks } from '../../../lib/onboarding/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { rowNumber, submitForm, typed } from '../../_components/submit-form.ts';

const place = z.object({ id: rowNumber });
const textFields = place.extend({ body: typed });

export const replyForm: FormAction = async (_before, form) =>
  submitForm(form, textFields, async (input) => {
    await replyToReviewers({ ctx: await pageContext(), input });
    return `/applications/${input.id}?done=replied`;
  });

export const appealForm: FormAction = async (_before, form) =>
  submitForm(form, textFields, async (input) => {
    await appealDecision({ ctx: await pageContext(), input });
    return `/applications/${input.id}?done=appealed`;
  });

export const withdrawForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await withdrawApplication({ ctx: await pageContext(), input });
    return `/applications/${input.id}?done=withdrawn`;
  });

export const checkLinksForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await checkPolicyLinks({ ctx: await pageContext(), input });
    return `/applications/${input.id}?done=looked#checklist`;
  });

export const factorForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await attestSecondFactor({ ctx: await pageContext(), input });
    return `/applications/${input.id}?done=attested#checklist`;
  });
