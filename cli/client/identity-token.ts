/** The identity token of a build's run (OpenID Connect), as its host gives it to a job: no secret is stored anywhere. */
import * as z from 'zod/mini';
import { ClientError } from './error.ts';
import { exchange, textOf } from './exchange.ts';
import { patiently, type Going } from './patience.ts';
import { refusal } from './problem.ts';
import type { Token } from './portal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where GitLab's `id_tokens` puts it, by the name that the guide gives. */
const gitlabVariable = 'COUNTERSIGN_ID_TOKEN';

/** Whether this job can have one. */
export const hasIdentityToken = (environment: Environment): boolean =>
  said(environment[gitlabVariable]) !== null ||
  (said(environment['ACTIONS_ID_TOKEN_REQUEST_URL']) !== null &&
    said(environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) !== null);

const answerSchema = z.looseObject({ value: z.string() });
const answerBytesMax = 100_000;

export interface IdentityTokenInput extends Going {
  readonly environment: Environment;
  /** The portal's address: its origin is the audience. */
  readonly portalUrl: string;
}

/** A new token. Throws ClientError: NOT_SIGNED_IN where this job can't have one. */
export async function fetchIdentityToken(input: IdentityTokenInput): Promise<string> {
  const { environment, portalUrl } = input;
  const given = said(environment[gitlabVariable]);
  if (given !== null) return given;
  const address = said(environment['ACTIONS_ID_TOKEN_REQUEST_URL']);
  const secret = said(environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']);
  if (address === null || secret === null || !URL.canParse(address)) {
    throw new ClientError(
      'NOT_SIGNED_IN',
      'This job has no identity token. On GitHub: permissions: { id-token: write }. On GitLab: id_tokens: { COUNTERSIGN_ID_TOKEN: { aud: the portal’s address } }. Or set COUNTERSIGN_TOKEN to an API token.',
    );
  }
  const url = new URL(address);
  url.searchParams.set('audience', new URL(portalUrl).origin);
  return patiently(input, () => ask(url, secret, input.signal));
}

async function ask(url: URL, secret: string, signal: AbortSignal | undefined): Promise<string> {
  const headers = { authorization: `Bearer ${secret}`, accept: 'application/json' };
  const incoming = await exchange(url, { method: 'GET', headers, signal, stillMilliseconds: 30_000 });
  const text = await textOf(incoming, { bytesMax: answerBytesMax, whole: true });
  const { status, header } = incoming;
  if (status < 200 || status >= 300) throw refusal({ url, status, header, text, identified: true });
  const read = answerSchema.safeParse(parsed(text));
  if (read.success && read.data.value !== '') return read.data.value;
  throw new ClientError('NOT_SIGNED_IN', `${url.origin} gave this job no identity token.`);
}

/** A token counts for five minutes; for so long one is shown again, so that polling doesn't ask for one each time. */
const shownAgainMilliseconds = 60_000;

/** As `token` of a portal: fetched when a call needs one. */
export function identityToken(input: IdentityTokenInput, now: () => number = Date.now): Token {
  let last: { readonly token: string; readonly at: number } | null = null;
  return async ({ fresh }) => {
    if (!fresh && last !== null && now() - last.at < shownAgainMilliseconds) return last.token;
    last = { token: await fetchIdentityToken(input), at: now() };
    return last.token;
  };
}

const said = (text: string | undefined): string | null =>
  text === undefined || text.trim() === '' ? null : text.trim();

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
