'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { parseCommitSha } from '../../../lib/core/ids/index.ts';
import { proposeRevocation } from '../../../lib/revocations/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const sent = z.object({
  serial: z.string().max(40).optional(),
  project: z.string().max(64).optional(),
  /** Those that the proposer saw, separated by spaces. */
  serials: z.string().max(4000).default(''),
  trigger: z.string().max(40),
  effectiveAt: z.string().max(40),
  statement: z.string().max(20_000),
  base: z.string().transform((value) => parseCommitSha(value)),
});

export async function revokeForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const { serial = '', project, serials, ...input } = sent.parse(Object.fromEntries(form));
  const of =
    project === undefined ? { serial } : { project, serials: serials.split(' ').filter((one) => one !== '') };
  let number = 0;
  const failed = await runVerb(form, async () => {
    number = await proposeRevocation({ ctx: await pageContext(), input: { of, ...input } });
  });
  return failed ?? redirect(`/changes/${number}?done=proposed`);
}
