'use server';

import { z } from 'zod';
import { resendConfirmation, kindsOf, saveChoices } from '../../../lib/notifications/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { submitForm, typed } from '../../_components/submit-form.ts';

const sent = z.object({ email: typed }).catchall(typed);

export const choicesForm: FormAction = async (_before, form) =>
  submitForm(form, sent, async ({ email, ...others }) => {
    const choices = Object.fromEntries(kindsOf().map((kind) => [kind, others[kind] ?? '']));
    await saveChoices({ ctx: await pageContext(), input: { email, choices } });
    return '/messages?done=saved';
  });

export const askAgainForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({}).loose(), async () => {
    await resendConfirmation({ ctx: await pageContext() });
    return '/messages?done=asked';
  });
