'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import {
  createWebhook,
  disableWebhook,
  enableWebhook,
  isWebhookEventType,
  removeWebhook,
  repeatDelivery,
  rotateSecret,
  testWebhook,
} from '../../../../../lib/webhooks/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { webhookFormats } from '#core/wire/webhook/index.ts';
import { nothingSent, valuesOf } from '../../../../_components/form/form-state.ts';
import type { FormAction, FormState } from '../../../../_components/form/form-state.ts';
import { pageContext } from '../../../../_components/page-context.ts';
import { formValue, identifier, submitForm, tryForm, typed } from '../../../../_components/submit-form.ts';

export interface WebhookFormState extends FormState {
  /** The webhook's secret, in this one answer; `secret` null: its messages aren't signed. */
  readonly made: { readonly id: string; readonly shown: string; readonly secret: string | null } | null;
}

const place = z.object({ project: identifier(parseProjectSlug) });
const newWebhook = place.extend({
  once: z.uuid().toLowerCase(),
  url: typed,
  format: z.enum(webhookFormats).optional(),
  token: typed.optional(),
  ref: typed.optional(),
});
const chosenEvents = z.object({
  events: z.array(z.string().refine(isWebhookEventType)).max(20).default([]),
});
const known = place.extend({ id: z.uuid().toLowerCase() });
const changed = known.extend({
  intent: z.enum(['test', 'enable', 'disable', 'remove']),
  once: z.uuid().toLowerCase(),
});
const repeated = known.extend({ delivery: z.string().regex(/^[1-9]\d{0,17}$/) });

/** Answers with the secret and doesn't redirect: it must not appear in an address, and is shown only once. */
export async function addWebhookForm(_before: WebhookFormState, form: FormData): Promise<WebhookFormState> {
  const made: NonNullable<WebhookFormState['made']>[] = [];
  const refused = await tryForm(form, newWebhook, async ({ once: id, ...entered }) => {
    const { events } = formValue(chosenEvents, valuesOf(form));
    const input = { ...entered, id, events: events.filter((event) => isWebhookEventType(event)) };
    made.push(await createWebhook({ ctx: await pageContext(), input }));
  });
  return answer(refused, made);
}

export async function rotateSecretForm(_before: WebhookFormState, form: FormData): Promise<WebhookFormState> {
  const made: NonNullable<WebhookFormState['made']>[] = [];
  const refused = await tryForm(form, known, async (input) => {
    const { secret } = await rotateSecret({ ctx: await pageContext(), input });
    made.push({ id: input.id, shown: '', secret });
  });
  return answer(refused, made);
}

function answer(
  refused: FormState | null,
  [made]: readonly NonNullable<WebhookFormState['made']>[],
): WebhookFormState {
  if (made === undefined) return { ...(refused ?? nothingSent), made: null };
  refresh();
  return { ...nothingSent, made };
}

export const changeWebhookForm: FormAction = async (_before, form) =>
  submitForm(form, changed, async ({ intent, ...input }) => {
    const ctx = await pageContext();
    const path = `/projects/${input.project}/webhooks`;
    switch (intent) {
      case 'test':
        await testWebhook({ ctx, input });
        return `${path}/${input.id}?done=tested`;
      case 'enable':
        await enableWebhook({ ctx, input });
        return `${path}/${input.id}?done=enabled`;
      case 'disable':
        await disableWebhook({ ctx, input });
        return `${path}/${input.id}?done=disabled`;
      case 'remove':
        await removeWebhook({ ctx, input });
        return `${path}?done=removed`;
    }
  });

export const repeatDeliveryForm: FormAction = async (_before, form) =>
  submitForm(form, repeated, async ({ delivery, ...input }) => {
    await repeatDelivery({ ctx: await pageContext(), input: { ...input, delivery: BigInt(delivery) } });
    return `/projects/${input.project}/webhooks/${input.id}?done=repeated`;
  });
