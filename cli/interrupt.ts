/** Clean-up when the command is interrupted, for example by Ctrl-C. */

const pending = new Set<() => void>();

/** Keeps `act` (synchronous) for an interruption → takes it back. Only the command itself listens to signals. */
export function whenInterrupted(act: () => void): () => void {
  pending.add(act);
  return () => void pending.delete(act);
}

/** SIGINT, SIGTERM and SIGHUP: what is pending is put away, and the process ends as shells expect it (128 + number). */
export function endWhenInterrupted(): void {
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => {
      for (const act of pending) {
        try {
          act();
        } catch {
          continue; // what can't be put away mustn't keep the rest, or the end, from happening
        }
      }
      process.exit(128 + number);
    });
  }
}
