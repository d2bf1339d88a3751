/** One attempt to deliver one message. */
import { isError } from '#core/error/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import type { PageFetchErrorCode } from '../platform/page-fetch/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { retryAfterOf } from './schedule.ts';
import { openSealed } from './seal.ts';
import { signedHeaders } from './sign.ts';

/** taken: 2xx, and nothing else. gone: 410. unreadable: the portal can't read the webhook's address any more. */
export type Outcome =
  | { readonly kind: 'unreadable' }
  | ({
      readonly kind: 'taken' | 'gone' | 'not-taken';
      /** In milliseconds; 0: it didn't say. */
      readonly retryAfter: number;
    } & Result);

export interface Result {
  readonly at: Date;
  readonly milliseconds: number;
  /** null: nobody answered, and `problem` says why. */
  readonly status: number | null;
  readonly answer: string;
  readonly problem: string | null;
}

const answerCharactersMax = 500;

/** In words without the address, which may be a secret. */
const problemWords: Readonly<Partial<Record<PageFetchErrorCode, string>>> = {
  ADDRESS_REFUSED: 'The address isn’t public, or not one that webhooks may use.',
  NOT_RESOLVED: 'The host’s name can’t be found.',
  TIMEOUT: 'Nobody answered within the time limit.',
};

export async function attempt(
  { config, now, poster }: Pick<Portal, 'config' | 'now' | 'poster'>,
  webhook: { readonly id: string; readonly sealed: string; readonly rotatedUntil: Date | null },
  delivery: { readonly messageId: string; readonly body: string },
): Promise<Outcome> {
  const content = openSealed(config, webhook.id, webhook.sealed);
  if (content === null) return { kind: 'unreadable' };
  const at = now();
  const isRotating = webhook.rotatedUntil !== null && webhook.rotatedUntil > at;
  const secrets = content.secrets.slice(0, isRotating ? 2 : 1);
  const { body } = delivery;
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders({ id: delivery.messageId, body, at, secrets }),
  };
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  try {
    const { status, headers: answered, text } = await poster.post({ url: content.url, headers, body });
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
