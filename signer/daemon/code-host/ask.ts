/** A question, until it is answered or won't be: with ETag, patience for outages and limits, and what the answer means. */
import type { Sha256Hex } from '#core/ids/index.ts';
import type { CodeHostQuestions, HostAnswer, HostQuestion } from '#core/origin/index.ts';
import type { AnswerCache } from './cache.ts';
import type { Exchange, Send } from './send.ts';

export interface AskedAnswer {
  readonly question: HostQuestion;
  readonly at: Date;
  readonly status: number | null;
  readonly sha256: Sha256Hex | null;
  readonly answer: HostAnswer;
  /** By the host’s own word; null: it names no time. */
  readonly until: Date | null;
}

export interface AskPorts {
  readonly api: string;
  readonly send: Send;
  readonly cache: AnswerCache;
  /** Whose answers they are. */
  readonly credential: { readonly token: string; readonly id: string };
  readonly wire: CodeHostQuestions['wire'];
  readonly patience: Patience;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Told of each exchange that the host counts (`counted`), and of each that it doesn't. */
  readonly onExchange: (counted: boolean) => void;
}

export interface Patience {
  readonly retries: number;
  readonly retryMilliseconds: number;
  /** A limit that ends sooner is waited for. */
  readonly limitSecondsMax: number;
}

const limitSecondsDefault = 60;
/** Limits end within the hour; a header that says a century is a fault. */
const limitSecondsLongest = 3 * 3600;

export async function ask(ports: AskPorts, question: HostQuestion): Promise<AskedAnswer> {
  const { patience, wait, now } = ports;
  for (let attempt = 0; ; attempt += 1) {
    const asked = await askOnce(ports, question);
    if (attempt >= patience.retries || !asked.again) return asked.result;
    const { until } = asked.result;
    const pause =
      until === null ? patience.retryMilliseconds * 3 ** attempt : until.getTime() - now().getTime();
    if (pause > patience.limitSecondsMax * 1000) return asked.result;
    await wait(Math.max(0, pause));
  }
}

interface Once {
  readonly result: AskedAnswer;
  /** The next time it may be another. */
  readonly again: boolean;
}

async function askOnce(ports: AskPorts, question: HostQuestion): Promise<Once> {
  const { api, send, cache, credential, wire, now, onExchange } = ports;
  const key = `${api} ${credential.id} ${question.path}`;
  const kept = cache.get(key);
  const exchange = await send({
    url: `${api}${question.path}`,
    token: credential.token,
    headers: wire.headers,
    ...(kept === undefined ? {} : { etag: kept.etag }),
  });
  const at = now();
  onExchange(!(wire.unchangedIsFree && exchange.kind === 'answer' && exchange.status === 304));
  const status = exchange.kind === 'silent' ? null : exchange.status;
  const sha256 = exchange.kind === 'silent' ? null : exchange.sha256;
  const end = (answer: HostAnswer, again = false, until: Date | null = null): Once => ({
    result: { question, at, status, sha256, answer, until },
    again,
  });
  if (exchange.kind === 'silent') return end(unknown(exchange.problem, outage, true), true);
  if (exchange.status >= 500 || exchange.status === 408)
    return end(unknown(`status ${exchange.status}`, outage, true), true);
  const until = limitedUntil(exchange, at);
  if (until !== null) return end(unknown('the host’s limit is reached', outage, true), true, until);
  if (exchange.kind === 'unreadable') return end(unknown(exchange.problem, strange, false), true);
  if (exchange.status === 304 && kept !== undefined) {
    const answer: HostAnswer = { kind: 'told', said: kept.said };
    return { result: { question, at, status, sha256: kept.sha256, answer, until: null }, again: false };
  }
  if (exchange.status !== 200) return end(refusal(question, exchange));
  const { headers } = exchange;
  const read = question.read(exchange.body, isInPart(headers, exchange.body));
  if (typeof read === 'string') return end(unknown(read, strange, false), true);
  const etag = headers.get('etag');
  if (etag !== null && etag.length <= 200)
    cache.set(key, { etag, sha256: exchange.sha256, said: read.said }, exchange.bytes);
  return end({ kind: 'told', said: read.said });
}

/** By `link` (RFC 8288), whose marks around the word needn’t be there; and by what GitLab says besides, should something between have taken it away. */
function isInPart(headers: Headers, body: unknown): boolean {
  if (/;\s*rel="?(?:[^",;]*\s)?next\b/i.test(headers.get('link') ?? '')) return true;
  if ((headers.get('x-next-page') ?? '') !== '') return true;
  return Array.isArray(body) && Number(headers.get('x-total') ?? 0) > body.length;
}

const outage = 'Nothing is to be done: the signer asks again.';
const strange = 'Ask the foundation’s operators what answers at the address of the code host’s API.';

const unknown = (problem: string, fix: string, passes: boolean): HostAnswer => ({
  kind: 'unknown',
  problem,
  fix,
  passes,
});

const wholeSeconds = /^\d{1,12}$/;

/** A limit may come with a page or a line of text in place of JSON: GitLab says "Retry later". */
function limitedUntil(exchange: Exclude<Exchange, { readonly kind: 'silent' }>, at: Date): Date | null {
  if (exchange.status !== 403 && exchange.status !== 429) return null;
  const { headers } = exchange;
  const after = headers.get('retry-after');
  const of = (name: string): string | null =>
    headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`);
  const isPrimary = of('remaining') === '0';
  const message = exchange.kind === 'answer' ? messageOf(exchange.body) : '';
  if (exchange.status === 403 && after === null && !isPrimary && !/rate limit/i.test(message)) return null;
  const reset = of('reset');
  let seconds = limitSecondsDefault;
  if (after !== null && wholeSeconds.test(after)) seconds = Number(after);
  else if (isPrimary && reset !== null && wholeSeconds.test(reset)) {
    // By the host's own clock, whatever this machine's says.
    const hostNow = Date.parse(headers.get('date') ?? '');
    seconds = Number(reset) - (Number.isNaN(hostNow) ? at.getTime() : hostNow) / 1000;
  }
  return new Date(at.getTime() + Math.min(Math.max(seconds, 1), limitSecondsLongest) * 1000);
}

const messageOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';

function refusal(
  { missing }: HostQuestion,
  { status, headers, body }: Extract<Exchange, { readonly kind: 'answer' }>,
): HostAnswer {
  if (status === 404) {
    if (missing === 'none' || (missing !== 'unknown' && missing.says === messageOf(body)))
      return { kind: 'none' };
    const fix = 'Check that the signer’s account may see it, and that it is there.';
    return unknown('status 404: there is none, or the signer may not see it', fix, false);
  }
  if (status === 401) {
    // Nobody's build is worse for it.
    return unknown('the host does not accept the signer’s credentials', 'Operators: renew them.', true);
  }
  if (status === 403) {
    const wanted = (headers.get('x-accepted-github-permissions') ?? '')
      .replaceAll(/[^\w=;, -]/g, '')
      .slice(0, 200);
    const problem = wanted === '' ? 'status 403' : `the signer lacks the right ${wanted}`;
    return unknown(
      problem,
      'Have the foundation’s operators give the signer’s App or token that right.',
      false,
    );
  }
  if ([301, 302, 303, 307, 308].includes(status)) {
    const fix = 'Change repository.uri in the policy to where the repository is.';
    return unknown('the repository has another address by now', fix, false);
  }
  return unknown(`status ${status}`, strange, false);
}
