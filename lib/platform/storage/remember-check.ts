/** A check that many ask for, made now and then: readiness is asked by balancers and monitors, each on its own, and a check writes or asks a server. */
const rememberedMilliseconds = 10_000;

/**
 * As `check`, but whoever asks meanwhile waits for the same one, and its outcome holds for ten seconds. However long it takes, there is one at a
 * time. `onFailure` is told of each failed one.
 */
export function remembering(
  check: () => Promise<void>,
  onFailure: (cause: unknown) => void,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let last: { readonly outcome: Promise<void>; endedAt: number | null } | null = null;
  return () => {
    if (last !== null && (last.endedAt === null || now() - last.endedAt < rememberedMilliseconds))
      return last.outcome;
    const outcome = check();
    const mine = { outcome, endedAt: null as number | null };
    last = mine;
    const end = (): void => {
      mine.endedAt = now();
    };
    outcome.then(end, (cause: unknown) => {
      end();
      onFailure(cause);
    });
    return outcome;
  };
}
