/** A portal and who calls it: one call, with its credential; answers are parsed, and every other answer is a ClientError. */
import * as z from 'zod/mini';
import { ClientError } from './error.ts';
import { exchange, textOf, type Incoming, type Outgoing } from './exchange.ts';
import { patiently, type Going } from './patience.ts';
import { refusal } from './problem.ts';

/**
 * What a caller shows of itself: an API token, none, or a function that gets the identity token of a build. `fresh`: one that has
 * made no signing request yet, since each makes one.
 */
export type Token = string | null | ((wish: { readonly fresh: boolean }) => Promise<string>);

export interface Portal {
  readonly url: string;
  readonly token: Token;
}

export interface Call extends Omit<Outgoing, 'headers' | 'signal'> {
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers beside those of 2xx that the caller wants to see. */
  readonly accepts?: readonly number[];
  /**
   * `needed`: the portal has to know who calls. `if-there`: it needn't, so no identity token is fetched for it. `fresh`: it makes a
   * signing request.
   */
  readonly identity: 'needed' | 'if-there' | 'fresh';
}

const problemBytesMax = 40_000;
const answerBytesMax = 64 * 1024 * 1024;

/** One attempt. */
export async function callOnce(
  portal: Portal,
  path: string,
  call: Call,
  signal?: AbortSignal,
): Promise<Incoming> {
  const url = new URL(path, portal.url);
  const { accepts = [], headers = {}, identity, ...rest } = call;
  const token = await tokenFor(portal.token, identity);
  const authorization: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${checked(token, url)}` };
  const incoming = await exchange(url, { ...rest, signal, headers: { ...headers, ...authorization } });
  const { status, header } = incoming;
  if ((status >= 200 && status < 300) || accepts.includes(status)) return incoming;
  const text = await textOf(incoming, { bytesMax: problemBytesMax, whole: false });
  throw refusal({ url, status, header, text, identified: token !== null });
}

/** The same, tried again while it may pass: for calls that do no harm twice. */
export const callPortal = (portal: Portal, path: string, call: Call, going: Going = {}): Promise<Incoming> =>
  patiently(going, () => callOnce(portal, path, call, going.signal));

async function tokenFor(token: Token, identity: Call['identity']): Promise<string | null> {
  if (typeof token !== 'function') return token === null || token.trim() === '' ? null : token.trim();
  return identity === 'if-there' ? null : token({ fresh: identity === 'fresh' });
}

function checked(token: string, url: URL): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ClientError(
    'USAGE',
    `The API token holds characters that no token has (a line break, or letters beyond ASCII). Copy it again from ${url.origin}; it starts with csn_.`,
  );
}

/** The body of a 2xx answer as text. */
export const bodyOf = (incoming: Incoming): Promise<string> =>
  textOf(incoming, { bytesMax: answerBytesMax, whole: true });

/** A 2xx answer's body as `schema` has it; anything else (a login page, an older portal) is named. */
export async function readAnswer<Schema extends z.core.$ZodType>(
  incoming: Incoming,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await bodyOf(incoming);
  const type = incoming.header('content-type') ?? 'no content type';
  let why = type;
  try {
    const read = z.safeParse(schema, JSON.parse(text));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    why = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ClientError(
    'NOT_A_PORTAL',
    `${incoming.url.origin} answered something else than a Countersign portal does (${why}). Is --url or COUNTERSIGN_URL its address, and this command of the same version?`,
  );
}

/** Reads an answer that nobody needs to its end, so that its connection is free again. */
export const passOver = async (incoming: Incoming): Promise<void> => {
  await textOf(incoming, { bytesMax: problemBytesMax, whole: false });
};
