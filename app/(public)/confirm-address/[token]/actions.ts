'use server';

import { z } from 'zod';
import { confirmAddress } from '../../../../lib/notifications/index.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { submitForm, typed } from '../../../_components/submit-form.ts';

/** Whoever has the link reads the address: no account is asked for. */
export const confirmAddressForm: FormAction = async (_before, form) =>
  submitForm(form, z.object({ token: typed, intent: typed }), async ({ token }) => {
    await confirmAddress({ ctx: await pageContext(), input: { token } });
    // Another address than the page before: that one may still be in a cache.
    return `/confirm-address/${encodeURIComponent(token)}?done=yes`;
  });
