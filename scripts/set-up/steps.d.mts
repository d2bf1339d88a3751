export class SetUpError extends Error {
  constructor(message: string, log?: string);
  readonly log: string | undefined;
}

export function step<T>(title: string, work: (report: (message: string) => void) => Promise<T>): Promise<T>;

export function runLogged(
  command: string,
  args: readonly string[],
  options: {
    readonly log: string;
    readonly report: (message: string) => void;
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly timeoutSeconds?: number;
  },
): Promise<void>;
