/**
 * Sends spans to a collector by OTLP/HTTP. Whoever adds one never waits and never fails: what the queue has no room for is dropped
 * and counted, and so is what the collector doesn't take.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeSpans, type Resource } from './encode.ts';
import type { Span } from './span.ts';

/** What became of spans. full: the queue was; refused: the collector did not want them; unreachable: nobody took them in time. */
export type SpanOutcome = 'sent' | 'full' | 'refused' | 'unreachable';

export interface ExporterOptions {
  readonly url: string;
  /** Read for each message: who renews a token replaces its file. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly resource: Resource;
  readonly count: (outcome: SpanOutcome, spans: number) => void;
  /** Told when it stops working, and when it works again; never of each message. */
  readonly report: (message: string) => void;
  readonly pace?: Partial<Pace>;
}

export interface Pace {
  /** Waiting in memory, some 1 KB each. */
  readonly queueMax: number;
  /** In one message. */
  readonly batchMax: number;
  readonly everyMs: number;
  readonly answerMs: number;
  /** The collector is asked again about the same message, as its answer allows, with growing pauses. */
  readonly attemptsMax: number;
  readonly pauseMs: number;
  readonly pauseMsMax: number;
}

const usualPace: Pace = {
  queueMax: 4096,
  batchMax: 512,
  everyMs: 2_000,
  answerMs: 10_000,
  attemptsMax: 5,
  pauseMs: 1_000,
  pauseMsMax: 30_000,
};

/** What an answer says of one message; of partial success, how many spans were not taken. */
const answerBytesMax = 64 * 1024;
/** OTLP specification, “Retryable response codes”. */
const retried = new Set([429, 502, 503, 504]);

export class SpanExporter {
  readonly #options: ExporterOptions;
  readonly #pace: Pace;
  #queue: Span[] = [];
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #works = true;
  readonly #closing = new AbortController();

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#pace = { ...usualPace, ...options.pace };
  }

  /** How many more spans the queue takes. */
  get room(): number {
    return this.#pace.queueMax - this.#queue.length;
  }

  add(...spans: readonly Span[]): void {
    const taken = Math.max(0, Math.min(spans.length, this.room));
    if (taken < spans.length) this.#options.count('full', spans.length - taken);
    this.#queue.push(...spans.slice(0, taken));
    if (this.#queue.length === 0 || this.#closing.signal.aborted) return;
    // A timer that keeps no process alive: what is waiting then is lost with it, unless somebody closes.
    if (this.#queue.length >= this.#pace.batchMax) void this.#send();
    else this.#timer ??= setTimeout(() => void this.#send(), this.#pace.everyMs).unref();
  }

  /** Sends what is waiting for as long as this; what is left then is dropped and counted. */
  async close(milliseconds: number): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      this.#send(),
      sleep(milliseconds, null, { signal: late.signal, ref: false }).catch(() => null),
    ]);
    late.abort();
    this.#closing.abort();
    await this.#sending;
    this.#options.count('unreachable', this.#queue.length);
    this.#queue = [];
  }

  /** One message at a time, until nothing waits. */
  #send(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#closing.signal.aborted) {
      const batch = this.#queue.splice(0, this.#pace.batchMax);
      const { outcome, refused, why } = await this.#offer(batch);
      this.#options.count(outcome, batch.length - refused);
      if (refused > 0) this.#options.count('refused', refused);
      this.#tell(outcome === 'sent', why);
    }
  }

  async #offer(
    batch: readonly Span[],
  ): Promise<{ readonly outcome: SpanOutcome; readonly refused: number; readonly why: string }> {
    const { attemptsMax, pauseMs, pauseMsMax } = this.#pace;
    const body = encodeSpans(batch, this.#options.resource);
    let why = '';
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      let pause = Math.min(pauseMsMax, pauseMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
      try {
        const answer = await this.#post(body);
        if (answer.status >= 200 && answer.status < 300)
          return { outcome: 'sent', refused: Math.min(batch.length, answer.rejected), why: '' };
        why = `it answered ${answer.status}`;
        if (!retried.has(answer.status)) return { outcome: 'refused', refused: 0, why };
        if (answer.retryAfterMs !== null) pause = Math.min(pauseMsMax, answer.retryAfterMs);
      } catch (error) {
        why = reasonOf(error);
      }
      if (this.#closing.signal.aborted) break;
      if (attempt < attemptsMax)
        await sleep(pause, null, { signal: this.#closing.signal, ref: false }).catch(() => null);
    }
    return { outcome: 'unreachable', refused: 0, why };
  }

  async #post(
    body: string,
  ): Promise<{ readonly status: number; readonly rejected: number; readonly retryAfterMs: number | null }> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#pace.answerMs), this.#closing.signal]);
    const response = await fetch(this.#options.url, {
      method: 'POST',
      headers: { ...this.#options.headers(), 'content-type': 'application/json' },
      body,
      signal,
      // Headers hold a secret, which is for the address that is configured and for no other.
      redirect: 'manual',
    });
    const rejected = rejectedIn(await readSome(response));
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      rejected,
      retryAfterMs: seconds >= 0 ? seconds * 1000 : null,
    };
  }

  #tell(works: boolean, why: string): void {
    if (works !== this.#works)
      this.#options.report(
        works
          ? 'traces are taken again'
          : `traces are lost: the collector at ${new URL(this.#options.url).host} takes none (${why})`,
      );
    this.#works = works;
  }
}

async function readSome(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > answerBytesMax) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** ExportTraceServiceResponse: `{"partialSuccess": {"rejectedSpans": "3"}}`. What else is answered says nothing of spans. */
function rejectedIn(answer: string): number {
  try {
    const { partialSuccess } = JSON.parse(answer) as { partialSuccess?: { rejectedSpans?: unknown } | null };
    const count = Number(partialSuccess?.rejectedSpans ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

/** Without addresses or headers: `fetch failed` alone says nothing, its cause has a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name === 'TimeoutError' ? 'no answer in time' : error.message.slice(0, 100);
}
