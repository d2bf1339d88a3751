/** Work over tens of thousands of files, some at a time: a process that has other work can do that between two steps. */
export type Steps<Result> = Generator<undefined, Result>;

/** All of it at once. */
export function finished<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export const filesAtOnce = 250;
