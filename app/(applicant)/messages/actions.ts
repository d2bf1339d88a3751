'use server';

import { redirect } from 'next/navigation';
import { kindsOf, saveChoices } from '../../../lib/notifications/index.ts';
import type { NotificationKind } from '../../../lib/notifications/index.ts';
import type { ActionFormState } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { runVerb } from '../../_components/run-verb.ts';

export async function choicesForm(_before: ActionFormState, form: FormData): Promise<ActionFormState> {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.slice(0, 500) : '';
  };
  const choices: Partial<Record<NotificationKind, string>> = {};
  for (const kind of kindsOf()) choices[kind] = text(kind);
  const failed = await runVerb(form, async () =>
    saveChoices({ ctx: await pageContext(), input: { email: text('email'), choices } }),
  );
  return failed ?? redirect('/messages?done=saved');
}
