'use server';

import { z } from 'zod';
import { submitStop } from '../../../lib/emergency-stop/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { submitForm, typed } from '../../_components/submit-form.ts';

// A form turns line ends into CR LF, which no armour has.
const sent = z.object({
  statement: typed,
  signature: typed.transform((text) => text.replaceAll('\r\n', '\n')),
});

export const stopForm: FormAction = async (_before, form) =>
  submitForm(form, sent, async (input) => {
    await submitStop({ ctx: await pageContext(), input });
    return '/emergency-stop?done=sent';
  });
