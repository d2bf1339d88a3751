/** Waits for statuses of many requests with one question a second, however many wait. */
import type { RequestId } from '#core/ids/index.ts';
import type { RequestStatus } from '#core/wire/request/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { requestStatusSchema } from '../requests/index.ts';

interface Waiter {
  readonly id: RequestId;
  readonly isDone: (status: RequestStatus) => boolean;
  readonly end: () => void;
}

interface Watch {
  readonly waiters: Set<Waiter>;
  timer: NodeJS.Timeout | null;
}

const lookMilliseconds = 1_000;
/** Of one process. Whoever comes on top isn't held. */
const waitersMax = 500;
const watches = new WeakMap<Portal['config'], Watch>();

/** Resolves once the status is so, the time is over, or the signal says so: whoever waits then looks. */
export async function untilStatus(
  portal: Pick<Portal, 'config' | 'db'>,
  id: RequestId,
  isDone: (status: RequestStatus) => boolean,
  wait: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<void> {
  const watch = watches.get(portal.config) ?? { waiters: new Set(), timer: null };
  watches.set(portal.config, watch);
  if (watch.waiters.size >= waitersMax || wait.signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(over);
      wait.signal.removeEventListener('abort', end);
      watch.waiters.delete(waiter);
      resolve();
    };
    const over = setTimeout(end, wait.milliseconds);
    const waiter: Waiter = { id, isDone, end };
    wait.signal.addEventListener('abort', end, { once: true });
    watch.waiters.add(waiter);
    look(portal, watch);
  });
}

function look({ db }: Pick<Portal, 'db'>, watch: Watch): void {
  if (watch.timer !== null || watch.waiters.size === 0) return;
  watch.timer = setTimeout(() => {
    void ask(db, watch).finally(() => {
      watch.timer = null;
      look({ db }, watch);
    });
  }, lookMilliseconds);
  watch.timer.unref();
}

async function ask(db: Portal['db'], { waiters }: Watch): Promise<void> {
  const ids = [...new Set(Array.from(waiters, ({ id }) => id))];
  try {
    const rows = await db.requestState.findMany({
      where: { requestId: { in: ids } },
      select: { requestId: true, status: true },
    });
    const statuses = new Map<string, RequestStatus>();
    for (const { requestId, status } of rows) statuses.set(requestId, requestStatusSchema.parse(status));
    for (const waiter of [...waiters]) {
      const status = statuses.get(waiter.id);
      if (status !== undefined && waiter.isDone(status)) waiter.end();
    }
  } catch {
    // The database is away: who waits looks themselves in the end, and is told.
    for (const waiter of [...waiters]) waiter.end();
  }
}
