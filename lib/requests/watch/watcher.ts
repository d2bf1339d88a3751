/**
 * Tells when a request moved on, to as many as ask: one look at the database a second and process, however many wait for
 * however many requests, and none while nobody does.
 */
import type { RequestId } from '#core/ids/index.ts';

/** How a request stands, as far as waiting for it goes: another text, and it moved on. */
export type Look = (ids: readonly RequestId[]) => Promise<ReadonlyMap<string, string>>;

export interface Watcher {
  /** Resolves once the request stands otherwise than `seen`, or the signal is aborted. → whether it does. */
  moved(id: RequestId, seen: string, signal: AbortSignal): Promise<boolean>;
  /** For how many it looks now. */
  waiting(): number;
}

interface Waiter {
  readonly id: RequestId;
  readonly seen: string;
  readonly end: (moved: boolean) => void;
}

export function openWatcher(look: Look, milliseconds: number): Watcher {
  const waiters = new Set<Waiter>();
  let timer: NodeJS.Timeout | null = null;

  const round = async (): Promise<void> => {
    const asked = [...waiters];
    try {
      const stands = await look([...new Set(asked.map(({ id }) => id))]);
      for (const { id, seen, end } of asked) if ((stands.get(id) ?? '') !== seen) end(true);
    } catch {
      // The next look tells; who waits too long is answered as things stood.
    }
    timer = null;
    schedule();
  };
  const schedule = (): void => {
    if (timer !== null || waiters.size === 0) return;
    timer = setTimeout(() => void round(), milliseconds);
    timer.unref();
  };
  return {
    moved: (id, seen, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve(false);
          return;
        }
        const stop = (): void => waiter.end(false);
        const waiter: Waiter = {
          id,
          seen,
          end(moved) {
            waiters.delete(waiter);
            signal.removeEventListener('abort', stop);
            resolve(moved);
          },
        };
        signal.addEventListener('abort', stop);
        waiters.add(waiter);
        schedule();
      }),
    waiting: () => waiters.size,
  };
}
