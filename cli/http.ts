/** One request to the portal over HTTP; any failure becomes a CliError that says what to do. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { CliError } from './error.ts';
import { plain } from './plain.ts';

export interface Portal {
  readonly url: string;
  readonly token: string | null;
}

/** Longest wait for the beginning of an answer to anything but an upload. */
const answerMilliseconds = 120_000;
const problemCharactersMax = 10_000;

export async function call(portal: Portal, path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(path, portal.url);
  const response = await ask(url, { ...init, headers: withToken(portal, init.headers), redirect: 'manual' });
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw refusal(portal, {
    url,
    status: response.status,
    header: (name) => response.headers.get(name),
    text: text.slice(0, problemCharactersMax),
  });
}

/** The limit is for the beginning of the answer: a download takes as long as it takes, while bytes come. */
async function ask(url: URL, init: RequestInit): Promise<Response> {
  const waiting = new AbortController();
  const timer = setTimeout(() => {
    waiting.abort(Object.assign(new Error('no answer'), { name: 'TimeoutError' }));
  }, answerMilliseconds);
  try {
    return await fetch(url, { ...init, signal: waiting.signal });
  } catch (error) {
    throw networkFailure(url, error);
  } finally {
    clearTimeout(timer);
  }
}

function withToken({ token, url }: Portal, given: RequestInit['headers']): Headers {
  const headers = new Headers(given);
  if (token === null) return headers;
  try {
    headers.set('authorization', `Bearer ${token}`);
  } catch (error) {
    throw badToken(url, error);
  }
  return headers;
}

export function badToken(url: string, cause: unknown): CliError {
  return new CliError(
    'USAGE',
    `The API token holds characters that no token has (a line break, or letters beyond ASCII). Copy it again from ${new URL(url).origin}; it starts with csn_.`,
    cause,
  );
}

export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** The start of the body. */
  readonly text: string;
}

const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  fix: z.string().optional(),
});

/** An answer that isn't 2xx → the error to throw. 429 and 5xx mean: later. */
export function refusal(portal: Portal, { url, status, header, text }: Answer): CliError {
  if (status >= 300 && status < 400) {
    const to = plain(header('location') ?? 'nowhere');
    return new CliError(
      'REFUSED',
      `${url.origin} sends elsewhere, to ${to}. The token goes to nobody who wasn’t named: set --url or COUNTERSIGN_URL to the portal’s own address.`,
    );
  }
  const problem = readProblem(text);
  const name = plain(`${status} ${problem?.code ?? STATUS_CODES[status] ?? ''}`.trim());
  const parts =
    problem === null
      ? [
          `${url.origin} answered with no reason (${plain(header('content-type') ?? 'no content type')}). ${adviceFor(status)}`,
        ]
      : [problem.detail ?? problem.title ?? '', problem.fix ?? ''];
  if (status === 401) {
    parts.push(
      portal.token === null
        ? 'No token was sent: set COUNTERSIGN_TOKEN or --token.'
        : 'What was sent came from --token or COUNTERSIGN_TOKEN.',
    );
  }
  const wait = header('retry-after');
  if (wait !== null && /^\d{1,6}$/.test(wait)) parts.push(`Try again in ${wait} s.`);
  const code = status === 429 || status >= 500 ? 'UNAVAILABLE' : 'REFUSED';
  return new CliError(code, `${name}: ${plain(parts.filter((part) => part !== '').join(' '))}`);
}

function readProblem(text: string): z.infer<typeof problemSchema> | null {
  try {
    const problem = problemSchema.parse(JSON.parse(text));
    return problem.detail === undefined && problem.title === undefined ? null : problem;
  } catch {
    return null;
  }
}

function adviceFor(status: number): string {
  if (status === 413) return 'A proxy before the portal may allow less than the portal: ask its operator.';
  if (status >= 500) return 'It is out of order, or a proxy before it: try again later.';
  return 'Is it a Countersign portal, and does --url name it without a path?';
}

/** A 2xx answer's body as `schema` has it; anything else (a login page, an older portal) is named. */
export async function readAnswer<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const type = response.headers.get('content-type') ?? 'no content type';
  try {
    return schema.parse(JSON.parse(await bodyOf(response)));
  } catch (error) {
    if (error instanceof CliError) throw error;
    const url = new URL(response.url);
    const why =
      error instanceof z.ZodError
        ? `${error.issues[0]?.path.join('.') ?? ''}: ${error.issues[0]?.message ?? ''}`
        : type;
    throw new CliError(
      'REFUSED',
      plain(
        `${url.origin} answered something else than a Countersign portal does (${why}). Is --url or COUNTERSIGN_URL its address, and this command of the same version?`,
      ),
      error,
    );
  }
}

export async function bodyOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw networkFailure(new URL(response.url), error);
  }
}

/** What Node says of certificates (RFC 5280 path validation by OpenSSL). */
const certificateFault = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_CERT|CRL/;

/** What fetch or http threw → what is wrong with the way to the portal. */
export function networkFailure(url: URL, error: unknown): CliError {
  const code = innermostCode(error);
  const said = (why: string): CliError => new CliError('UNREACHABLE', `${url.origin} ${why}`, error);
  const set = 'Set --url or COUNTERSIGN_URL.';
  if (error instanceof Error && error.name === 'TimeoutError')
    return said(`didn’t answer within ${answerMilliseconds / 1000} s. Try again later.`);
  if (code === 'ECONNREFUSED') return said(`can’t be reached: nothing listens there. ${set}`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return said(`can’t be reached: the name isn’t known (${code}). ${set}`);
  if (certificateFault.test(code)) {
    return said(
      `shows a certificate that isn’t accepted (${code}). Where it is from a CA of your own: NODE_EXTRA_CA_CERTS=FILE.pem.`,
    );
  }
  if (/SSL|TLS|EPROTO/.test(code))
    return said(`speaks no TLS there (${code}). Is it http:, or another port? ${set}`);
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isParser = inner instanceof Error && inner.name === 'HTTPParserError';
  if (isParser || code.startsWith('HPE_')) return said(`answers with something that isn’t HTTP. ${set}`);
  if (/ECONNRESET|EPIPE|UND_ERR_SOCKET|TIMEOUT/.test(code))
    return said(`broke the connection off (${code}). Try again later.`);
  const message = inner instanceof Error ? inner.message : String(inner);
  return said(`can’t be reached (${code === '' ? plain(message) : code}). ${set}`);
}

/** fetch wraps what the socket said, twice where there were several addresses. */
function innermostCode(error: unknown): string {
  let found = '';
  for (let depth = 0, one = error; depth < 5 && one instanceof Error; depth += 1) {
    if ('code' in one && typeof one.code === 'string') found = one.code;
    one = one instanceof AggregateError ? one.errors[0] : one.cause;
  }
  return found;
}
