/** One attempt to deliver one message. */
import { isError } from '#core/error/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import type { PageFetchErrorCode } from '../platform/page-fetch/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { isStartingFormat, readWebhookBody } from '#core/wire/webhook/index.ts';
import type { Posting } from '../platform/page-fetch/index.ts';
import type { Outcome } from './attempted.ts';
import { ruleFormat } from './rule-format.ts';
import { answerRule } from './rule.ts';
import { retryAfterOf } from './schedule.ts';
import { openSealed } from './seal.ts';
import type { WebhookContent } from './seal.ts';
import { signedHeaders } from './sign.ts';
import { startPlaceOf, startRequest } from './start-build.ts';

const answerCharactersMax = 500;

/** In words without the address, which may be a secret. */
const problemWords: Readonly<Partial<Record<PageFetchErrorCode, string>>> = {
  ADDRESS_REFUSED: 'The address isn’t public, or not one that webhooks may use.',
  NOT_RESOLVED: 'The host’s name can’t be found.',
  TIMEOUT: 'Nobody answered within the time limit.',
};

interface Receiver {
  readonly id: string;
  readonly projectSlug: string;
  readonly format: string;
  readonly sealed: string;
  readonly rotatedUntil: Date | null;
}

interface Message {
  readonly messageId: string;
  readonly body: string;
}

export type AttemptContext = Pick<Portal, 'config' | 'db' | 'now' | 'policies' | 'poster' | 'publishApp'>;

export async function attempt(ctx: AttemptContext, webhook: Receiver, delivery: Message): Promise<Outcome> {
  if (webhook.format === ruleFormat) return answerRule(ctx, delivery.body);
  const content = openSealed(ctx.config, webhook.id, webhook.sealed);
  if (content === null) return { kind: 'unreadable' };
  const at = ctx.now();
  const posting = isStartingFormat(webhook.format)
    ? await startingPosting(ctx, webhook, content, delivery)
    : messagePosting(webhook, content, delivery, at);
  if (posting !== null) return send(ctx, posting, at);
  return {
    kind: 'not-taken',
    at,
    milliseconds: 0,
    status: null,
    answer: '',
    problem: 'The policy in force names no build system of this kind whose API is known: nothing was sent.',
    retryAfter: 0,
  };
}

function messagePosting(webhook: Receiver, content: WebhookContent, delivery: Message, at: Date): Posting {
  const isRotating = webhook.rotatedUntil !== null && webhook.rotatedUntil > at;
  const secrets = content.secrets.slice(0, isRotating ? 2 : 1);
  const { body } = delivery;
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders({ id: delivery.messageId, body, at, secrets }),
  };
  return { url: content.url, headers, body };
}

/** Where it goes is asked of the policy that is in force now: a token never follows an address that was right once. */
async function startingPosting(
  ctx: AttemptContext,
  webhook: Receiver,
  { secrets: [token = ''], ref }: WebhookContent,
  { body }: Message,
): Promise<Posting | null> {
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null || !isStartingFormat(webhook.format)) return null;
  const { format } = webhook;
  const event = readWebhookBody(body);
  const policy = 'policy' in event.data ? event.data.policy : null;
  const project = parseProjectSlug(webhook.projectSlug);
  const place = startPlaceOf(ctx.config, accepted.snapshot, { project, policy, format });
  return place === null ? null : startRequest(format, place, { token, ref }, event);
}

async function send({ poster }: AttemptContext, posting: Posting, at: Date): Promise<Outcome> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  try {
    const { status, headers: answered, text } = await poster.post(posting);
    return {
      kind: status >= 200 && status <= 299 ? 'taken' : status === 410 ? 'gone' : 'not-taken',
      at,
      milliseconds: elapsed(),
      status,
      // PostgreSQL holds no NUL.
      answer: text.slice(0, answerCharactersMax).toWellFormed().replaceAll('\0', '\uFFFD'),
      problem: null,
      retryAfter: retryAfterOf(answered['retry-after'], at),
    };
  } catch (error) {
    if (!isError(error, PageFetchError)) throw error;
    const cause = /: ([A-Z][A-Z0-9_]+)\.$/.exec(error.message)?.[1];
    const problem =
      problemWords[error.code] ?? `The host can’t be reached${cause === undefined ? '' : ` (${cause})`}.`;
    return {
      kind: 'not-taken',
      at,
      milliseconds: elapsed(),
      status: null,
      answer: '',
      problem,
      retryAfter: 0,
    };
  }
}
