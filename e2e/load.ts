/** Keeps so many of each kind of request going, and counts how each ended. */
export interface Load<Kind extends string> extends AsyncDisposable {
  readonly ended: Readonly<Record<Kind, number>>;
  /** One line each. */
  readonly failed: readonly string[];
  running(kind: Kind): number;
  /** Begins no more; resolves once what was begun has ended. */
  end(): Promise<void>;
}

export function startLoad<Kind extends string>(
  kinds: Readonly<
    Record<Kind, { readonly atOnce: number; readonly run: (turn: number) => Promise<unknown> }>
  >,
): Load<Kind> {
  const names = Object.keys(kinds) as Kind[];
  const zero = () => Object.fromEntries(names.map((name) => [name, 0])) as Record<Kind, number>;
  const [ended, running] = [zero(), zero()];
  const failed: string[] = [];
  let goesOn = true;
  let turn = 0;
  const keepGoing = async (kind: Kind): Promise<void> => {
    while (goesOn) {
      running[kind] += 1;
      try {
        await kinds[kind].run((turn += 1));
      } catch (error) {
        failed.push(`${kind} at ${new Date().toISOString()}: ${describe(error)}`);
      }
      running[kind] -= 1;
      ended[kind] += 1;
    }
  };
  const all = names.flatMap((kind) => Array.from({ length: kinds[kind].atOnce }, () => keepGoing(kind)));
  const end = async (): Promise<void> => {
    goesOn = false;
    await Promise.all(all);
  };
  return { ended, failed, running: (kind) => running[kind], end, [Symbol.asyncDispose]: end };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
