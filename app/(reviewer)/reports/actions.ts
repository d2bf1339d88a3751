'use server';

import { z } from 'zod';
import { acknowledgeReport, closeReport } from '../../../lib/reports/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { rowNumber, submitForm, typed } from '../../_components/submit-form.ts';

const place = z.object({ id: rowNumber });

export const acknowledgeForm: FormAction = async (_before, form) =>
  submitForm(form, place, async (input) => {
    await acknowledgeReport({ ctx: await pageContext(), input });
    return `/reports/${input.id}`;
  });

export const closeForm: FormAction = async (_before, form) =>
  submitForm(form, place.extend({ outcome: typed, answer: typed }), async (input) => {
    const change = await closeReport({ ctx: await pageContext(), input });
    return change === null ? `/reports/${input.id}` : `/changes/${change}?done=proposed`;
  });
