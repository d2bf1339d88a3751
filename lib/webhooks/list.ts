import type { ProjectSlug } from '#core/ids/index.ts';
import type { WebhookEventType, WebhookFormat } from '#core/wire/webhook/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { rightsOver } from './authorise.ts';
import { ruleFormat } from './rule-format.ts';
import { isWebhookEventType, isWebhookFormat, webhooksMax } from './create.ts';

export interface ListedWebhook {
  readonly id: string;
  /** Its address without what is secret in it. */
  readonly shown: string;
  /** `rule`: the portal's own, with its answers to protection rules. */
  readonly format: WebhookFormat | typeof ruleFormat;
  readonly events: readonly WebhookEventType[];
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Until then the secret before signs, too; null: there is none. */
  readonly rotatedUntil: Date | null;
  readonly disabled: { readonly at: Date; readonly why: string } | null;
  readonly pausedUntil: Date | null;
}

export interface WebhookList {
  readonly items: readonly ListedWebhook[];
  readonly mayChange: boolean;
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed' | 'stopped';

export interface ListedDelivery {
  readonly id: bigint;
  readonly messageId: string;
  readonly type: string;
  readonly createdAt: Date;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: Date | null;
  /** null: none was made yet. `status` null: nobody answered, and `problem` says why. */
  readonly last: {
    readonly at: Date;
    readonly status: number | null;
    readonly milliseconds: number;
    readonly answer: string;
    readonly problem: string | null;
  } | null;
}

export interface WebhookDetail {
  readonly webhook: ListedWebhook;
  readonly mayChange: boolean;
  /** The newest first. */
  readonly deliveries: readonly ListedDelivery[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

const deliveriesShown = 25;

/** A project's webhooks, for its team and the foundation. */
export async function listWebhooks(call: {
  readonly ctx: Context;
  readonly input: { readonly project: ProjectSlug };
}): Promise<WebhookList> {
  const { ctx, input } = call;
  const { change } = await rightsOver(ctx, input.project);
  const rows = await ctx.db.webhook.findMany({
    where: { projectSlug: input.project },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    // And the portal's own.
    take: webhooksMax + 1,
  });
  return { items: rows.map((row) => listed(row, ctx.now())), mayChange: change };
}

/** One of them with its deliveries; null: there is none. */
export async function readWebhook(call: {
  readonly ctx: Context;
  readonly input: {
    readonly project: ProjectSlug;
    readonly id: string;
    readonly cursor?: string | undefined;
  };
}): Promise<WebhookDetail | null> {
  const { ctx, input } = call;
  const { change } = await rightsOver(ctx, input.project);
  const row = await ctx.db.webhook.findFirst({ where: { id: input.id, projectSlug: input.project } });
  if (row === null) return null;
  const { cursor = '' } = input;
  const rows = await ctx.db.webhookDelivery.findMany({
    where: { webhookId: row.id, ...(/^[1-9]\d{0,17}$/.test(cursor) ? { id: { lt: BigInt(cursor) } } : {}) },
    orderBy: { id: 'desc' },
    take: deliveriesShown + 1,
    omit: { body: true },
  });
  const shown = rows.slice(0, deliveriesShown);
  return {
    webhook: listed(row, ctx.now()),
    mayChange: change,
    deliveries: shown.map((delivery) => ({
      id: delivery.id,
      messageId: delivery.messageId,
      type: delivery.type,
      createdAt: delivery.createdAt,
      state: delivery.state as DeliveryState,
      attempts: delivery.attempts,
      nextAt: delivery.nextAt,
      last:
        delivery.lastAt === null
          ? null
          : {
              at: delivery.lastAt,
              status: delivery.lastStatus,
              milliseconds: delivery.lastMilliseconds ?? 0,
              answer: delivery.lastAnswer ?? '',
              problem: delivery.lastProblem,
            },
    })),
    next: rows.length > deliveriesShown ? String(shown.at(-1)?.id ?? '') : null,
  };
}

interface Row {
  readonly id: string;
  readonly shown: string;
  readonly format: string;
  readonly events: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly rotatedUntil: Date | null;
  readonly disabledAt: Date | null;
  readonly disabledFor: string | null;
  readonly pausedUntil: Date | null;
}

function listed(row: Row, now: Date): ListedWebhook {
  const { id, shown, format, events, createdAt, createdBy, rotatedUntil, pausedUntil } = row;
  const coming = (date: Date | null): Date | null => (date !== null && date > now ? date : null);
  return {
    id,
    shown,
    format: isWebhookFormat(format) || format === ruleFormat ? format : 'standard',
    events: events.filter((event) => isWebhookEventType(event)),
    createdAt,
    createdBy,
    rotatedUntil: coming(rotatedUntil),
    disabled: row.disabledAt === null ? null : { at: row.disabledAt, why: row.disabledFor ?? '' },
    pausedUntil: coming(pausedUntil),
  };
}
