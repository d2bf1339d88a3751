export class SetUpError extends Error {
  constructor(message: string, log?: string);
  readonly log: string | undefined;
}

/** For the environment of a program that goes on with the steps of this one: one clock for both. */
export const sameClock: Readonly<Record<string, string>>;

/** Since the first of the programs was started. */
export function secondsSoFar(): number;

/** What to say where this user may not write into the project's folder; null for any other error. */
export function explainUnwritable(error: unknown, projectDirectory: string): string | null;

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
