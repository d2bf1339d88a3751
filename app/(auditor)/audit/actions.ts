'use server';

import { z } from 'zod';
import { askForExport } from '../../../lib/audit-exports/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { submitForm, typed } from '../../_components/submit-form.ts';

export const exportForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({ from: typed, to: typed }), async (input) => {
    const { id } = await askForExport({ ctx: await pageContext(), input });
    return `/audit/exports/${id}`;
  });
