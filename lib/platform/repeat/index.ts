/** Background work of the portal, repeated until the process ends: one run at a time. */
import { printError } from '#core/error/index.ts';

export interface Repeated {
  stop(): void;
}

/** `run` resolves to what went wrong, in words; empty: nothing. The same problem twice in a row is reported once. */
export function repeat(input: {
  readonly seconds: number;
  readonly run: () => Promise<readonly string[]>;
  readonly report: (message: string) => void;
}): Repeated {
  let last = '';
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const tell = (problem: string, report = problem): void => {
    if (problem !== last && problem !== '') input.report(report);
    last = problem;
  };
  const runOnce = async (): Promise<void> => {
    try {
      tell((await input.run()).join('\n'));
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), printError(error));
    }
    if (!stopped) timer = setTimeout(() => void runOnce(), input.seconds * 1000).unref();
  };
  timer = setTimeout(() => void runOnce(), input.seconds * 1000).unref();
  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
