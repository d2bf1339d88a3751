/** Keeps the lease of a call that writes an upload, while bytes come and while none do, and records what is on disk. */
import type { Database } from '../../platform/db/index.ts';
import type { PartialFile } from '../../platform/storage/index.ts';
import { renewedWithinMilliseconds, renewLease } from './lease.ts';

const renewMilliseconds = 1_000;
/** Flushing takes the disk from other work, so it isn't done each time. */
const flushMilliseconds = 5_000;

export interface HeldLease {
  /** Aborted once the call has to stop: its successor asked for that, or the lease couldn't be renewed. */
  readonly signal: AbortSignal;
  /** lost: another may write by now, so nothing more is to be written or recorded. */
  isLost(): boolean;
  /** What the row says is there. */
  recorded(): number;
  stop(): Promise<void>;
}

export function holdLease(held: {
  readonly db: Database;
  readonly id: string;
  readonly writer: string;
  readonly file: PartialFile;
  /** How much of the file is written; only what is flushed is recorded. */
  readonly progress: { readonly written: number };
  /** Of bytes that are to be compared first nothing is recorded on the way. */
  readonly isRecorded: boolean;
}): HeldLease {
  const { db, id, writer, file, progress, isRecorded } = held;
  const controller = new AbortController();
  let recorded = progress.written;
  let [renewedAt, flushedAt] = [performance.now(), performance.now()];
  let isLost = false;
  const end = (reason: 'stopped' | 'lost'): void => {
    isLost ||= reason === 'lost';
    controller.abort();
  };
  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    let reached = recorded;
    if (isRecorded && askedAt - flushedAt >= flushMilliseconds && progress.written > recorded) {
      reached = progress.written;
      await file.flush();
      flushedAt = askedAt;
    }
    const state = await renewLease(db, { id, writer, offset: reached });
    if (state === 'lost') {
      end('lost');
      return;
    }
    [recorded, renewedAt] = [reached, askedAt];
    if (state === 'stopped') end('stopped');
  };
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (performance.now() - renewedAt > renewedWithinMilliseconds) end('lost');
    running ??= renew()
      // The next renewal, or the end of the lease, tells.
      .catch(() => undefined)
      .finally(() => {
        running = null;
      });
  }, renewMilliseconds);
  timer.unref();
  return {
    signal: controller.signal,
    isLost: () => isLost,
    recorded: () => recorded,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
