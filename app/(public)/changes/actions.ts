'use server';

import { z } from 'zod';
import { confirmPolicy, openBranch } from '../../../lib/policy-changes/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { submitForm, typed } from '../../_components/submit-form.ts';

const fields = z.object({ branch: typed, title: typed, description: typed });

export const openBranchForm: FormAction = async (_before, form) =>
  submitForm(form, fields, async (input) => {
    const { number } = await openBranch({ ctx: await pageContext(), input });
    return `/changes/${number}`;
  });

export const confirmForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({}), async () => {
    const { number } = await confirmPolicy({ ctx: await pageContext() });
    return `/changes/${number}`;
  });
