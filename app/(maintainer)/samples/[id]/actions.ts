'use server';

import { z } from 'zod';
import { draftFromSample } from '../../../../lib/samples/index.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { submitForm, typed } from '../../../_components/submit-form.ts';

const fields = z.object({ id: z.uuid(), name: typed });

/** Opens the editor with what was suggested in it; proposed is nothing yet. */
export const openSuggestion: FormAction = async (_before, form) =>
  submitForm(form, fields, async ({ id, name }) => {
    const draft = await draftFromSample({ ctx: await pageContext(), input: { id, name } });
    return `/changes/new?draft=${draft}`;
  });
