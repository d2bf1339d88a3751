const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Signals that a terminal sends to all its processes arrive twice, since the processes pass them on. */
const twiceMilliseconds = 2_000;

/** Ctrl-C, SIGTERM, or a terminal that was closed → the exit code. Asked again, it doesn't wait for services to end. */
export function nextInterruption(): Promise<number> {
  // A closed terminal accepts no more output.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return new Promise((resolve) => {
    let since: number | null = null;
    const interrupt = (signal: keyof typeof exitCodes): void => {
      since ??= performance.now();
      if (performance.now() - since > twiceMilliseconds) process.exit(exitCodes[signal]);
      // Services end while others are connected to them; that is expected now.
      process.on('uncaughtException', () => undefined);
      resolve(exitCodes[signal]);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  });
}
