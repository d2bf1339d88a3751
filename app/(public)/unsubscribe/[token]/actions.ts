'use server';

import { z } from 'zod';
import { unsubscribe } from '../../../../lib/notifications/index.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { submitForm, typed } from '../../../_components/submit-form.ts';

/** Whoever has the link may: no account is asked for. */
export const unsubscribeForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({ token: typed, intent: typed }), async ({ token, intent }) => {
    const all = intent === 'all';
    await unsubscribe({ ctx: await pageContext(), input: { token, all } });
    return `/unsubscribe/${encodeURIComponent(token)}?done=${all ? 'all' : 'these'}`;
  });
