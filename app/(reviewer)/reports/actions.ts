'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { acknowledgeReport, closeReport } from '../../../lib/reports/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const place = z.object({ id: z.coerce.number().int().positive().max(2_000_000_000) });

export async function acknowledgeForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const input = place.parse(Object.fromEntries(form));
  const failed = await runVerb(form, async () => acknowledgeReport({ ctx: await pageContext(), input }));
  return failed ?? redirect(`/reports/${input.id}`);
}

export async function closeForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const input = place
    .extend({ outcome: z.string().max(40), answer: z.string().max(20_000) })
    .parse(Object.fromEntries(form));
  let to = `/reports/${input.id}`;
  const failed = await runVerb(form, async () => {
    const change = await closeReport({ ctx: await pageContext(), input });
    if (change !== null) to = `/changes/${change}?done=proposed`;
  });
  return failed ?? redirect(to);
}
