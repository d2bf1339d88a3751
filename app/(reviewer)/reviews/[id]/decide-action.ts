'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { decideReview } from '../../../../lib/reviews/index.ts';
import { isExplained } from '../../../../lib/platform/http/index.ts';
import { limitActions } from '../../../_components/limit-actions.ts';
import { pageContext } from '../../../_components/page-context.ts';

export interface DecisionFormState {
  readonly error: { readonly message: string; readonly fix: string } | null;
  /** Field name → texts, as sent. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const textMax = 20_000;
const fieldsMax = 5_000;
const fields = z.object({
  id: z.coerce.number().int().positive().max(2_000_000_000),
  outcome: z.enum(['accepted', 'rejected']),
  reasons: z.string().max(textMax),
  conditions: z.string().max(textMax),
  reapplyFrom: z.string().max(40),
});

export async function decideForm(_before: DecisionFormState, form: FormData): Promise<DecisionFormState> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of [...form].slice(0, fieldsMax)) {
    if (typeof value === 'string' && !name.startsWith('$'))
      (values[name] ??= []).push(value.slice(0, textMax));
  }
  const input = fields.safeParse(
    Object.fromEntries(Object.entries(values).map(([name, [first]]) => [name, first])),
  );
  if (!input.success) {
    return {
      error: { message: 'No outcome is chosen.', fix: 'Choose accept or reject, and give the reasons.' },
      values,
    };
  }
  const ids = Object.keys(values)
    .filter((name) => name.startsWith('verdict.'))
    .map((name) => name.slice('verdict.'.length));
  const criteria = ids.map((id) => ({
    id,
    verdict: values[`verdict.${id}`]?.[0] ?? '',
    evidence: (values[`evidence.${id}`] ?? []).map(Number),
    comment: values[`comment.${id}`]?.[0] ?? '',
  }));
  let outcome: string | null = null;
  try {
    await limitActions();
    ({ outcome } = await decideReview({ ctx: await pageContext(), input: { ...input.data, criteria } }));
  } catch (error) {
    if (!isExplained(error)) throw error;
    return { error: { message: error.message, fix: error.fix }, values };
  }
  redirect(`/reviews/${input.data.id}?done=${outcome ?? 'decided'}`);
}
