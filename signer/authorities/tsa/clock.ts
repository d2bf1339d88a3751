/** Whether this machine's clock can be relied on: compared with time servers, and with elapsed monotonic time. */
import { askTime, type TimeServer } from './ask-time.ts';

export interface ClockOptions {
  /** Empty: no comparison; only jumps are detected. */
  readonly servers: readonly TimeServer[];
  /** How many must agree. */
  readonly agreeing: number;
  readonly toleranceMilliseconds: number;
  readonly intervalMilliseconds: number;
  readonly timeoutMilliseconds: number;
  readonly now?: () => number;
  /** Monotonic milliseconds. */
  readonly steady?: () => number;
}

export interface WatchedClock {
  /** Why no time may be given now; null: the clock is right. */
  problem(): string | null;
  /** Compares now. */
  compare(): Promise<void>;
  close(): void;
}

/** A comparison stays valid for this many intervals. */
const intervalsMax = 3;

/** Compares once before it resolves, then at each interval. */
export async function watchClock(options: ClockOptions): Promise<WatchedClock> {
  const { servers, agreeing, toleranceMilliseconds: tolerance, now = Date.now } = options;
  const steady = options.steady ?? (() => performance.now());
  let compared: { readonly steady: number; readonly wall: number; readonly problem: string | null } | null =
    null;

  const compare = async (): Promise<void> => {
    const asked = await Promise.allSettled(
      servers.map((server) => askTime(server, options.timeoutMilliseconds)),
    );
    const offsets: number[] = [];
    const problems: string[] = [];
    for (const result of asked) {
      if (result.status === 'rejected') problems.push((result.reason as Error).message);
      else if (result.value.uncertainty > tolerance)
        problems.push(`an answer took ${Math.round(2 * result.value.uncertainty)} ms`);
      else offsets.push(result.value.offset);
    }
    const problem = judge(offsets, problems);
    // Too few answers decide nothing: the last comparison stays valid until it is too old.
    if (servers.length > 0 && offsets.length < agreeing && compared?.problem === null) return;
    compared = { steady: steady(), wall: now(), problem };
  };

  const judge = (offsets: readonly number[], problems: readonly string[]): string | null => {
    if (servers.length === 0) return null;
    if (offsets.length < agreeing) {
      const why = problems.length === 0 ? '' : ` (${problems.join('; ').slice(0, 300)})`;
      return `${offsets.length} of ${agreeing} time servers answered${why}`;
    }
    // Servers that agree with this clock, so that a single wrong server neither confirms nor rejects it.
    const agree = offsets.filter((offset) => Math.abs(offset) <= tolerance).length;
    if (agree >= agreeing && agree > offsets.length / 2) return null;
    const median = [...offsets].sort((a, b) => a - b)[Math.floor(offsets.length / 2)] ?? 0;
    return `the clock is ${Math.abs(median / 1000).toFixed(3)} s ${median > 0 ? 'behind' : 'ahead of'} the time servers: synchronise it`;
  };

  await compare();
  const timer = setInterval(() => void compare(), options.intervalMilliseconds);
  timer.unref();
  const problem = (): string | null => {
    if (compared === null) return 'the clock hasn’t been compared yet';
    const elapsed = steady() - compared.steady;
    const jump = now() - compared.wall - elapsed;
    if (Math.abs(jump) > tolerance)
      return `the clock jumped by ${(jump / 1000).toFixed(3)} s since it was compared`;
    if (servers.length > 0 && elapsed > intervalsMax * options.intervalMilliseconds)
      return `no comparison with time servers for ${Math.round(elapsed / 1000)} s`;
    return compared.problem;
  };
  return { problem, compare, close: () => clearInterval(timer) };
}
