/** Waits for `work` no longer than the signal allows; `late` makes the error. What `work` does afterwards is nobody's. */
export async function beforeAbort<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  late: () => Error,
): Promise<Value> {
  if (signal.aborted) {
    work.catch(() => undefined);
    throw late();
  }
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(late());
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop();
  }
}
