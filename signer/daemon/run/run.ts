/**
 * One walk of one request through the steps. Every step is journalled as it starts and as it ends, with
 * all its findings, before the next one begins; the request's state changes in the same transaction.
 */
import { CodedError } from '#core/error/index.ts';
import { failures, fail, type Checked, type Finding } from '#core/wire/finding/index.ts';
import type { CommitSha, RequestId, Sha256Hex } from '#core/ids/index.ts';
import { wellFormed } from '#core/json/index.ts';
import { asHostFault, Unavailable } from '../../ground/availability/index.ts';
import type { Database, Transaction } from '../../ground/database/index.ts';
import { appendAll } from '../../ground/journal/index.ts';
import {
  foundSha256,
  requestDenied,
  requestFailed,
  stepFinished,
  stepStarted,
  type RequestEvent,
  type StepFacts,
} from '#core/wire/journal/index.ts';
import { requestSteps, type RequestStep } from '#core/wire/request/index.ts';
import { saveState, type RequestState } from '../requests/index.ts';
import { CallLog, type StepFinished } from '../measures/index.ts';
import { holdLease, type Lease } from '../turns/index.ts';
import { readFound } from './read-found.ts';
import { recordEntries } from './record-entries.ts';

/** Thrown inside a run to leave it; its content is already journalled. GONE: the request doesn't exist. */
export class RunEnded extends CodedError<'DENIED' | 'WAITING' | 'RETRY' | 'FAILED' | 'GONE'> {
  static override readonly errorName = 'RunEnded';
  readonly summary: string;
  constructor(code: RunEnded['code'], summary: string) {
    super(code, summary);
    this.summary = summary;
  }
}

export interface RetryRule {
  readonly attemptsMax: number;
  readonly delaySeconds: number;
  readonly delaySecondsMax: number;
}

export type StepResult<T> = (
  Checked<T> | { readonly ok: 'waiting'; readonly findings: readonly Finding[]; readonly summary: string }
) & {
  /** Facts established about the request, whatever the outcome: later policies are replayed on them. */
  readonly facts?: StepFacts | null;
};

interface StateChange {
  readonly status: RequestState['status'];
  readonly step: RequestStep;
  readonly summary: string;
  readonly retryAt?: Date;
  readonly retries?: number;
}

interface RunInput {
  readonly database: Database;
  /** Of the request. Once it is lost, nothing is written about it. */
  readonly lease: Lease;
  readonly pass: number;
  /** How many consecutive passes ended because something was unavailable. */
  readonly attempt: number;
  readonly retry: RetryRule;
  /** As of which is judged. */
  readonly now: () => Date;
  /** What the journal and the request's state get, and from when on it is tried again; left out: the same. */
  readonly written?: () => Date;
  /** Told of every step that ended. */
  readonly onStep?: (ended: StepFinished) => void;
}

export class Run {
  /** What the step at work asks of other parts. */
  readonly calls = new CallLog();
  private readonly input: RunInput;
  policyCommit: CommitSha | null = null;
  policyDigest: Sha256Hex | null = null;
  sourceCommit: string | null = null;
  decisionsCounted = 0;
  /** The current step, for errors in it. */
  at: RequestStep = 'received';
  /** A step whose start was journalled with the end of the one before. */
  private begun: RequestStep | null = null;
  /** What earlier passes found, by its digest: the entry that says it; null: not read yet. */
  private earlier: ReadonlyMap<string, bigint> | null = null;
  /** Written before, and together with, what is journalled next. */
  private held: RequestEvent[] = [];

  constructor(input: RunInput) {
    this.input = input;
  }

  get requestId(): RequestId {
    return this.input.lease.requestId;
  }

  get lease(): Lease {
    return this.input.lease;
  }

  get pass(): number {
    return this.input.pass;
  }

  now(): Date {
    return this.input.now();
  }

  private written(): Date {
    return this.input.written?.() ?? this.now();
  }

  /** Journals events of this request, all or none. */
  record(...events: readonly RequestEvent[]): Promise<void> {
    return this.journal(events, null);
  }

  /** Journals an event together with what comes next, which is the start of a step. */
  hold(event: RequestEvent): void {
    this.held.push(event);
  }

  /** Journals an event of this request; `also` writes more in the same transaction. */
  async recordWith(
    event: RequestEvent,
    also: (transaction: Transaction, at: Date) => Promise<void>,
  ): Promise<void> {
    await this.inTransaction([...this.held, event], also);
    this.held = [];
  }

  /** Writes what no event tells of: what a step leaves for readers. Needs the lease, as the journal does. */
  write(work: (transaction: Transaction, at: Date) => Promise<void>): Promise<void> {
    return this.inTransaction([], work);
  }

  private async journal(events: readonly RequestEvent[], change: StateChange | null): Promise<void> {
    const { database, lease } = this.input;
    const all = [...this.held, ...events];
    const entries = all.map((event) => ({ requestId: this.requestId, event }));
    const state = change === null ? null : this.stateOf(change);
    const isRecorded = await recordEntries(database, { lease, at: this.written(), entries, state });
    if (!isRecorded)
      await this.inTransaction(all, async (transaction, at) => {
        if (state !== null) await saveState(transaction, this.requestId, state, at);
      });
    this.held = [];
  }

  private inTransaction(
    events: readonly RequestEvent[],
    also: (transaction: Transaction, at: Date) => Promise<void>,
  ): Promise<void> {
    return this.input.database.transaction(async (transaction) => {
      await holdLease(transaction, this.input.lease);
      const entries = events.map((event) => ({ requestId: this.requestId, event }));
      const sealed = entries.length === 0 ? [] : await appendAll(transaction, this.written(), entries);
      await also(transaction, sealed.at(-1)?.at ?? this.written());
    });
  }

  /**
   * Runs one step between its two journal entries; leaves the run unless the step passed. `goesOn`: the next step follows at once,
   * whatever this one finds: its start is journalled in the transaction that journals the end of this one.
   */
  async step<T>(
    step: RequestStep,
    status: RequestState['status'],
    work: () => Promise<StepResult<T>>,
    goesOn?: 'goes-on',
  ): Promise<T> {
    this.at = step;
    const { pass } = this;
    const isBegun = this.begun === step;
    this.begun = null;
    if (!isBegun) await this.begin([], step, status);
    this.calls.restart();
    const startedAt = performance.now();
    let result: StepResult<T>;
    try {
      result = await work();
    } catch (thrown) {
      // A full disk says nothing about the request, whichever of its files was being written.
      const error = asHostFault(thrown, 'a folder of the signer');
      if (error instanceof Unavailable) return this.unavailable(step, status, error, startedAt);
      throw error;
    }
    const durationMs = Math.round(performance.now() - startedAt);
    this.tell(step, result.ok === true ? 'pass' : result.ok === 'waiting' ? 'waiting' : 'fail', startedAt);
    // Texts from hostile files, and sentences cut in the middle of a character, must not keep what was found out of the journal.
    const known = wellFormed({
      ...result.facts,
      pass,
      step,
      durationMs,
      findings: result.findings,
      ...this.calls.told(),
    });
    if (result.ok === true) {
      const next = goesOn === undefined ? undefined : requestSteps[requestSteps.indexOf(step) + 1];
      if (next === undefined) await this.record(await this.ended({ ...known, outcome: 'pass' }));
      else if (isOwnEntry(next))
        await this.begin([await this.ended({ ...known, outcome: 'pass' })], next, statusOf(next));
      else
        await this.journal([await this.ended({ ...known, outcome: 'pass', next })], {
          status: statusOf(next),
          step: next,
          summary: startedSummary[next],
        });
      this.begun = next ?? null;
      this.at = next ?? step;
      return result.value;
    }
    if (result.ok === 'waiting') {
      const { summary } = result;
      const waiting = { status: 'waiting-for-approval', step, summary, retries: 0 } as const;
      await this.journal([await this.ended({ ...known, outcome: 'waiting' })], waiting);
      throw new RunEnded('WAITING', summary);
    }
    const reasons = failures(result.findings);
    const summary =
      reasons.length > 0
        ? reasons
            .map((reason) => reason.message)
            .join(' ')
            .slice(0, 1000)
            .toWellFormed()
        : `refused at ${step}`;
    await this.record(stepFinished({ ...known, outcome: 'fail' }));
    await this.deny(step, summary);
    throw new RunEnded('DENIED', summary);
  }

  /** The end of a step: what it found, or where an earlier pass said the same. */
  private async ended(body: EndOfStep): Promise<RequestEvent> {
    const whole = stepFinished(body);
    if (this.pass === 1) return whole;
    this.earlier ??= await readFound(this.input.database, this.requestId);
    const sha256 = foundSha256(whole.body);
    const entry = this.earlier.get(sha256);
    if (entry === undefined) return whole;
    const { pass, step, durationMs, outcome, next, calls } = body;
    return stepFinished({
      pass,
      step,
      durationMs,
      outcome,
      same: { entry: entry.toString(), sha256 },
      ...(next === undefined ? {} : { next }),
      ...(calls === undefined ? {} : { calls }),
    });
  }

  private tell(step: RequestStep, outcome: StepFinished['outcome'], startedAt: number): void {
    this.input.onStep?.({ step, outcome, seconds: (performance.now() - startedAt) / 1000 });
  }

  private begin(
    before: readonly RequestEvent[],
    step: RequestStep,
    status: RequestState['status'],
  ): Promise<void> {
    const started = stepStarted({ pass: this.pass, step });
    return this.journal([...before, started], { status, step, summary: startedSummary[step] });
  }

  deny(step: RequestStep, summary: string): Promise<void> {
    const denied = requestDenied({ pass: this.pass, step, summary });
    return this.journal([denied], { status: 'denied', step, summary });
  }

  /** For failures that no retry fixes; the reason is for operators, the summary for maintainers. */
  failed(step: RequestStep, summary: string): Promise<void> {
    const failure = requestFailed({ pass: this.pass, step, summary });
    return this.journal([failure], { status: 'failed', step, summary });
  }

  save(transaction: Transaction, at: Date, change: StateChange): Promise<void> {
    return saveState(transaction, this.requestId, this.stateOf(change), at);
  }

  private stateOf({ status, step, summary, retryAt, retries }: StateChange): RequestState {
    return {
      status,
      step,
      pass: this.pass,
      policyCommit: this.policyCommit,
      policyDigest: this.policyDigest,
      sourceCommit: this.sourceCommit,
      summary,
      retryAt: retryAt ?? null,
      retries: retries ?? this.input.attempt,
      decisionsCounted: this.decisionsCounted,
    };
  }

  private async unavailable(
    step: RequestStep,
    status: RequestState['status'],
    error: Unavailable,
    startedAt: number,
  ): Promise<never> {
    const { attempt, retry } = this.input;
    const delaySeconds = Math.min(retry.delaySecondsMax, retry.delaySeconds * 2 ** Math.min(attempt, 20));
    const retryAt = error.until ?? new Date(this.written().getTime() + delaySeconds * 1000);
    // What says by itself when it goes on has not failed.
    const spent = error.until === null ? 1 : 0;
    const findings = [
      fail({
        rule: `${step}.unavailable`,
        message: `${sentence(error.message)} Nothing is signed meanwhile.`,
        expected: `${error.component} available`,
        found: error.code,
        fix: `Maintainers need do nothing: the signer tries again. Operators: ${error.fix}.`,
      }),
    ];
    const durationMs = Math.round(performance.now() - startedAt);
    this.tell(step, 'retry', startedAt);
    const attemptsMax = attemptsMaxFor(error, retry);
    const last = spent === 1 && attempt + 1 >= attemptsMax;
    const summary = last
      ? `Gave up after ${attempt + 1} attempts: ${sentence(error.message)} Once the foundation has fixed it, submit again with a new Idempotency-Key.`
      : `Waiting for the ${error.component}: ${error.message}`;
    const finished = stepFinished({
      pass: this.pass,
      step,
      outcome: 'retry',
      attempt: attempt + 1,
      attemptsMax,
      retryAt: retryAt.toISOString(),
      durationMs,
      findings,
      ...this.calls.told(),
    });
    await this.journal([finished], { status, step, summary, retryAt, retries: attempt + spent });
    if (last) {
      await this.failed(step, summary);
      throw new RunEnded('FAILED', summary);
    }
    throw new RunEnded('RETRY', summary);
  }
}

type EndOfStep = Extract<
  Parameters<typeof stepFinished>[0],
  { readonly findings: unknown; readonly outcome: 'pass' | 'waiting' | 'fail' }
> & { readonly outcome: 'pass' | 'waiting' };

/** When signing began first decides which certificate of several is meant, also to signers that don't know ends which start a step. */
const isOwnEntry = (step: RequestStep): boolean => step === 'signing';

const statusOf = (step: RequestStep): RequestState['status'] =>
  requestSteps.indexOf(step) < requestSteps.indexOf('recheck') ? 'checking' : 'signing';

/** What keeps stopping the inspector is more likely the artifact than an outage, so retrying for days is pointless. */
function attemptsMaxFor(error: Unavailable, retry: RetryRule): number {
  return error.component === 'inspector' ? Math.min(10, retry.attemptsMax) : retry.attemptsMax;
}

const startedSummary: Record<RequestStep, string> = {
  received: 'The signer has started on the request.',
  policy: 'Reading the policy from the policy repository.',
  origin: 'Verifying where the artifact was built.',
  inspection: 'Inspecting the artifact.',
  scan: 'Scanning for malware.',
  approval: 'Counting approvals.',
  recheck: 'Checking policy and certificate once more before signing.',
  signing: 'Signing on the HSM.',
  verification: 'Verifying the signed files.',
  release: 'Releasing the signed artifact.',
};

function sentence(text: string): string {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
