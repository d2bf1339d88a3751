/** Work that the portal does by itself, again and again until the process ends: one run at a time. */
import { printError } from '#core/error/index.ts';

export interface Repeated {
  stop(): void;
}

/** `run` resolves to what went wrong, in words; nothing: all is well. The same trouble twice in a row is told once. */
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
  const look = async (): Promise<void> => {
    try {
      tell((await input.run()).join('\n'));
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), printError(error));
    }
    if (!stopped) timer = setTimeout(() => void look(), input.seconds * 1000).unref();
  };
  timer = setTimeout(() => void look(), input.seconds * 1000).unref();
  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
