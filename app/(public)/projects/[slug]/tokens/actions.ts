'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { createToken, revokeToken } from '../../../../../lib/api-tokens/index.ts';
import type { CreatedToken } from '../../../../../lib/api-tokens/index.ts';
import { parsePolicySlug, parseProjectSlug } from '../../../../../lib/core/ids/index.ts';
import type { ActionFormState } from '../../../../_components/action-form.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { runVerb } from '../../../../_components/run-verb.ts';

export interface TokenFormState extends ActionFormState {
  /** The token, in this one answer. */
  readonly made: { readonly token: string; readonly name: string; readonly expiresAt: string } | null;
  /** Chosen policies: an error doesn't lose them. */
  readonly policies: readonly string[];
}

const place = z.object({ project: z.string().transform((value) => parseProjectSlug(value)) });
const newToken = place.extend({
  once: z.uuid().toLowerCase(),
  name: z.string().max(300),
  days: z.coerce.number().int(),
});
const revocation = place.extend({ id: z.uuid(), reason: z.string().max(2_000).default('') });

/** Answers with the token and doesn't redirect: it must be in no address, and there is no second look at it. */
export async function makeTokenForm(_before: TokenFormState, form: FormData): Promise<TokenFormState> {
  const { project, once: id, name, days } = newToken.parse(Object.fromEntries(form));
  const policies = form.getAll('policies').filter((one) => typeof one === 'string');
  const done: CreatedToken[] = [];
  const failed = await runVerb(form, async () => {
    const slugs = policies.slice(0, 100).map((slug) => parsePolicySlug(slug));
    const input = { project, id, name: name.trim(), days, policies: slugs };
    done.push(await createToken({ ctx: await pageContext(), input }));
  });
  const [made] = done;
  if (made === undefined)
    return { error: failed?.error ?? null, values: failed?.values ?? {}, policies, made: null };
  refresh();
  const { token, expiresAt } = made;
  return {
    ...{ error: null, values: {}, policies: [] },
    made: { token, name: made.name, expiresAt: expiresAt.toISOString() },
  };
}

export async function revokeTokenForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const input = revocation.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => {
    await revokeToken({ ctx: await pageContext(), input });
  });
  return failed ?? redirect(`/projects/${input.project}/tokens?done=revoked`);
}
