'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { sendReport } from '../../../lib/reports/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

const field = z.string().max(20_000).default('');
const sent = z.object({
  ...{
    kind: field,
    project: field,
    serial: field,
    fileSha256: field,
    links: field,
    description: field,
    contact: field,
  },
});

export async function reportForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const input = sent.parse(Object.fromEntries(form));
  let token = '';
  const failed = await runVerb(form, async () => {
    ({ token } = await sendReport({ ctx: await pageContext(), input }));
  });
  return failed ?? redirect(`/report/${token}`);
}
