'use server';

import { z } from 'zod';
import { addApprovalKey } from '../../../lib/onboarding/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { submitForm, typed } from '../../_components/submit-form.ts';

export const addKeyForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({ publicKey: typed }), async (input) => {
    const { number } = await addApprovalKey({ ctx: await pageContext(), input });
    return `/changes/${number}?done=proposed`;
  });
