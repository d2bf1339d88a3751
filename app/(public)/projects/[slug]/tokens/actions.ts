'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { createToken, revokeToken } from '../../../../../lib/api-tokens/index.ts';
import type { CreatedToken } from '../../../../../lib/api-tokens/index.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { nothingSent, valuesOf } from '../../../../_components/form/form-state.ts';
import type { FormAction, FormState } from '../../../../_components/form/form-state.ts';
import { pageContext } from '../../../../_components/page-context.ts';
import { formValue, identifier, submitForm, tryForm, typed } from '../../../../_components/submit-form.ts';

export interface TokenFormState extends FormState {
  /** The token, in this one answer. */
  readonly made: { readonly token: string; readonly name: string; readonly expiresAt: string } | null;
}

const place = z.object({ project: identifier(parseProjectSlug) });
const newToken = place.extend({
  once: z.uuid().toLowerCase(),
  name: typed.transform((text) => text.trim()),
  days: z.coerce.number().int(),
});
const chosenPolicies = z.object({ policies: z.array(identifier(parsePolicySlug)).max(100).default([]) });
const revocation = place.extend({ id: z.uuid(), reason: typed });

/** Answers with the token and doesn't redirect: it must not appear in an address, and is shown only once. */
export async function makeTokenForm(_before: TokenFormState, form: FormData): Promise<TokenFormState> {
  const done: CreatedToken[] = [];
  const refused = await tryForm(form, newToken, async ({ project, once: id, name, days }) => {
    const { policies } = formValue(chosenPolicies, valuesOf(form));
    done.push(await createToken({ ctx: await pageContext(), input: { project, id, name, days, policies } }));
  });
  const [made] = done;
  if (made === undefined) return { ...(refused ?? nothingSent), made: null };
  refresh();
  const { token, name, expiresAt } = made;
  return { ...nothingSent, made: { token, name, expiresAt: expiresAt.toISOString() } };
}

export const revokeTokenForm: FormAction = async (_before, form) =>
  submitForm(form, revocation, async (input) => {
    await revokeToken({ ctx: await pageContext(), input });
    return `/projects/${input.project}/tokens?done=revoked`;
  });
