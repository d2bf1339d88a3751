'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { parseCommitSha } from '../../../lib/core/ids/index.ts';
import { proposeRevocation } from '../../../lib/revocations/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const sent = z.object({
  serial: z.string().max(40),
  trigger: z.string().max(40),
  effectiveAt: z.string().max(40),
  statement: z.string().max(20_000),
  base: z.string().transform((value) => parseCommitSha(value)),
});

export async function revokeForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const input = sent.parse(Object.fromEntries(form));
  let number = 0;
  const failed = await runVerb(form, async () => {
    number = await proposeRevocation({ ctx: await pageContext(), input });
  });
  return failed ?? redirect(`/changes/${number}?done=proposed`);
}
