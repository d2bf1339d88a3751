/** What signals a portal obeys: the first one drains it, and only somebody at its terminal ends it before that is done. */

/** A terminal and npm both pass Ctrl-C on: what comes within this time is the same one. */
const sameMilliseconds = 1000;

interface Signals {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/**
 * SIGTERM, or the first SIGINT, drains. Another SIGTERM changes nothing: a service manager that is in a hurry has SIGKILL. SIGINT
 * while it drains, a second later or more, ends the process at once and cuts off what it still had; `exit` then gets 130.
 */
export function endOnSignals(
  signals: Signals,
  {
    drain,
    exit,
    say,
    now = Date.now,
  }: {
    readonly drain: () => Promise<unknown>;
    readonly exit: (status: number) => void;
    readonly say: (message: string, signal: string) => void;
    readonly now?: () => number;
  },
): void {
  let since: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    signals.on(signal, () => {
      if (since === null) {
        since = now();
        say('the portal takes no more requests, and ends what it has begun', signal);
        void drain().finally(() => exit(0));
      } else if (signal === 'SIGINT' && now() - since >= sameMilliseconds) {
        say('the portal ends at once: what it had not ended is cut off', signal);
        exit(130);
      } else {
        say('the portal ends what it has begun already', signal);
      }
    });
  }
}
