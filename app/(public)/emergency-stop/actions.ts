'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { submitStop } from '../../../lib/emergency-stop/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const sent = z.object({ statement: z.string().max(4096), signature: z.string().max(16_384) });

export async function stopForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  // A form turns line ends into CR LF, which no armour has.
  const { statement, signature } = sent.parse(Object.fromEntries(form));
  const input = { statement, signature: signature.replaceAll('\r\n', '\n') };
  const failed = await runVerb(form, async () => {
    await submitStop({ ctx: await pageContext(), input });
  });
  return failed ?? redirect('/emergency-stop?done=sent');
}
