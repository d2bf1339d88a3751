'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { confirmPolicy, openBranch } from '../../../lib/policy-changes/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const fields = z.object({
  branch: z.string().max(300),
  title: z.string().max(1_000),
  description: z.string().max(20_000),
});

export async function openBranchForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  let number = 0;
  const failed = await runVerb(form, async () => {
    const input = fields.parse(Object.fromEntries(form));
    ({ number } = await openBranch({ ctx: await pageContext(), input }));
  });
  if (failed !== null) return failed;
  redirect(`/changes/${number}`);
}

export async function confirmForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  let number = 0;
  const failed = await runVerb(form, async () => {
    ({ number } = await confirmPolicy({ ctx: await pageContext() }));
  });
  if (failed !== null) return failed;
  redirect(`/changes/${number}`);
}
