'use server';

import { z } from 'zod';
import { sendReport } from '../../../lib/reports/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { submitForm, typed } from '../../_components/submit-form.ts';

const sent = z.object({
  kind: typed,
  project: typed,
  serial: typed,
  fileSha256: typed,
  links: typed,
  description: typed,
  contact: typed,
});

export const reportForm: FormAction = async (_before, form) =>
  submitForm(form, sent, async (input) => {
    const { token } = await sendReport({ ctx: await pageContext(), input });
    return `/report/${token}`;
  });
