import { recordEvent } from '../audit/index.ts';
import { isError } from '#core/error/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import { isStartingFormat, webhookEventTypes, webhookFormats } from '#core/wire/webhook/index.ts';
import type { WebhookEventType, WebhookFormat } from '#core/wire/webhook/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { atField } from '../platform/http/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { rightToChange } from './authorise.ts';
import { WebhooksError } from './error.ts';
import { ruleFormat } from './rule-format.ts';
import { seal } from './seal.ts';
import type { WebhookContent } from './seal.ts';
import { newSecret } from './sign.ts';
import { startOf } from './start-form.ts';

export const webhooksMax = 10;
export const webhookUrlCharactersMax = 1_000;

export interface CreateWebhookInput {
  readonly project: ProjectSlug;
  /** Of formats that start a workflow or pipeline: nothing, for the policy says where. */
  readonly url: string;
  /** undefined: none is selected yet. */
  readonly format?: WebhookFormat | undefined;
  /** Of those formats: the host's token that starts it. */
  readonly token?: string | undefined;
  /** Of format `gitlab`: the branch or tag whose pipeline is started. */
  readonly ref?: string | undefined;
  readonly events: readonly WebhookEventType[];
  /** UUID of the form: a form that is sent twice adds one webhook. */
  readonly id: string;
}

export interface CreatedWebhook {
  readonly id: string;
  readonly shown: string;
  /** Only here: from now on it only signs. null: messages of this format aren't signed. */
  readonly secret: string | null;
}

export const isWebhookFormat = (text: string): text is WebhookFormat =>
  (webhookFormats as readonly string[]).includes(text);
export const isWebhookEventType = (text: string): text is WebhookEventType =>
  (webhookEventTypes as readonly string[]).includes(text);

/** Adds an address that is told of a project's events from now on. */
export async function createWebhook(call: {
  readonly ctx: Context;
  readonly input: CreateWebhookInput;
}): Promise<CreatedWebhook> {
  const { ctx, input } = call;
  const { id, project } = input;
  const { person, project: snapshot } = await rightToChange(ctx, project);
  if (snapshot.project.value.status === 'retired') {
    throw new WebhooksError({
      code: 'PROJECT_NOT_ACTIVE',
      message: `The project ${project} is retired; nothing happens in it any more.`,
      fix: `The status is in projects/${project}/project.yaml; it changes by a policy change.`,
    });
  }
  const format = selected(input.format);
  const events = [...new Set(input.events)];
  if (events.length === 0) {
    throw new WebhooksError(
      atField('events', {
        code: 'WEBHOOK_EVENTS_INVALID',
        message: 'Events: none is selected.',
        fix: 'Select what the webhook is told of.',
      }),
    );
  }
  const { shown, content, host } = isStartingFormat(format)
    ? await startOf(ctx, { ...input, format, events })
    : await messagesOf(ctx, input.url, format);
  const secret = format === 'standard' ? (content.secrets[0] ?? null) : null;
  await ctx.db.$transaction(async (transaction) => {
    await lockWebhooks(transaction, project);
    if ((await transaction.webhook.findUnique({ where: { id } })) !== null) {
      throw new WebhooksError({
        code: 'ALREADY_DONE',
        message: 'This webhook was added before. Its secret is shown once, and can’t be shown again.',
        fix: `If you haven’t kept the secret, rotate it: /projects/${project}/webhooks`,
      });
    }
    // The portal's own isn't counted.
    const where = { projectSlug: project, format: { not: ruleFormat } };
    if ((await transaction.webhook.count({ where })) >= webhooksMax) {
      throw new WebhooksError({
        code: 'TOO_MANY_WEBHOOKS',
        message: `The project ${project} has ${webhooksMax} webhooks, as many as there may be.`,
        fix: 'Remove one that nobody needs, then add this one.',
      });
    }
    await transaction.webhook.create({
      data: {
        id,
        projectSlug: project,
        sealed: seal(ctx.config, id, content),
        shown,
        format,
        events,
        createdAt: ctx.now(),
        createdBy: person.handle,
        createdByHost: person.identity.host,
        createdById: person.identity.id,
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'webhook.created',
      subject: `project:${project}`,
      detail: { webhookId: id, host, format, events: events.join(' ') },
    });
  });
  return { id, shown, secret };
}

interface Destination {
  readonly shown: string;
  readonly host: string;
  readonly content: WebhookContent;
}

function selected(format: WebhookFormat | undefined): WebhookFormat {
  if (format !== undefined) return format;
  throw new WebhooksError(
    atField('format', {
      code: 'WEBHOOK_FORMAT_INVALID',
      message: 'Format: none is selected.',
      fix: 'Select how the webhook is told.',
    }),
  );
}

async function messagesOf(ctx: Context, text: string, format: WebhookFormat): Promise<Destination> {
  const url = await checkedUrl(ctx, text.trim());
  const secrets = format === 'standard' ? [newSecret()] : [];
  return { shown: shownUrl(url, format), host: url.host, content: { url: url.href, secrets } };
}

/** Refused now where it can't be posted to as of now; it is checked again before each message. */
async function checkedUrl(ctx: Context, text: string): Promise<URL> {
  const invalid = (message: string, fix: string): WebhooksError =>
    new WebhooksError(atField('url', { code: 'WEBHOOK_URL_INVALID', message: `Address: ${message}`, fix }));
  if (text === '' || text.length > webhookUrlCharactersMax || !URL.canParse(text)) {
    throw invalid(
      `it is not a valid address of at most ${webhookUrlCharactersMax} characters.`,
      'Enter the whole https:// address that your receiver or chat service gave you.',
    );
  }
  const url = new URL(text);
  // It never reaches the receiver.
  url.hash = '';
  try {
    await ctx.poster.check(url.href);
  } catch (error) {
    if (!isError(error, PageFetchError)) throw error;
    throw invalid(error.message, error.fix);
  }
  return url;
}

/** What is secret in an address is in its path for chat services, and often in the query of others. */
function shownUrl(url: URL, format: WebhookFormat): string {
  if (format !== 'standard') return `${url.origin}/…`;
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

/** Without the lock, two people could both add the last webhook at the same time. */
async function lockWebhooks(transaction: Transaction, project: ProjectSlug): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:webhooks:${project}`}, 0))`;
}
