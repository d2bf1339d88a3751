/** What the step at work asks of other parts, and how long they take: told in the step's entry of the journal. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { StepCall } from '#core/wire/journal/index.ts';

type Part = StepCall['to'];
interface Counted {
  count: number;
  failed: number;
  fromMs: number;
  toMs: number;
  busyMs: number;
}

/** Of one pass. What began in one step and ended in another counts for the one that it ended in, from that one's start on. */
export class CallLog {
  #startedAt = performance.now();
  #parts = new Map<Part, Counted>();

  /** A step starts. */
  restart(): void {
    this.#startedAt = performance.now();
    this.#parts = new Map();
  }

  /** Times of performance.now(). */
  note(to: Part, began: number, ended: number, outcome: 'ok' | 'failed'): void {
    const [fromMs, toMs] = [began, ended].map((at) => Math.max(0, at - this.#startedAt)) as [number, number];
    const before = this.#parts.get(to) ?? { count: 0, failed: 0, fromMs, toMs, busyMs: 0 };
    this.#parts.set(to, {
      count: before.count + 1,
      failed: before.failed + (outcome === 'ok' ? 0 : 1),
      fromMs: Math.min(before.fromMs, fromMs),
      toMs: Math.max(before.toMs, toMs),
      busyMs: before.busyMs + (ended - began),
    });
  }

  /** As the step's entry has them: whole milliseconds, nothing where nothing was asked. */
  told(): { readonly calls?: readonly StepCall[] } {
    if (this.#parts.size === 0) return {};
    return {
      calls: [...this.#parts].map(([to, { count, failed, fromMs, toMs, busyMs }]) => ({
        to,
        count,
        failed,
        fromMs: Math.floor(fromMs),
        toMs: Math.ceil(toMs),
        busyMs: Math.round(busyMs),
      })),
    };
  }
}

const storage = new AsyncLocalStorage<CallLog>();

/** Whatever `work` asks, at once or later, is noted in `log`. */
export const withCalls = <T>(log: CallLog, work: () => T): T => storage.run(log, work);

/** Nothing outside of a pass. */
export function noteCall(to: Part, began: number, ended: number, outcome: 'ok' | 'failed'): void {
  storage.getStore()?.note(to, began, ended, outcome);
}
