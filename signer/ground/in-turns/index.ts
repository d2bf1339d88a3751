/** Long work beside the daemon’s other work: the event loop runs after each turn. */
import { setImmediate as others } from 'node:timers/promises';

/** A turn ends with the step during which it becomes longer than this. */
const turnMilliseconds = 10;

export async function inTurns<Result>(steps: Generator<undefined, Result>): Promise<Result> {
  let begun = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - begun < turnMilliseconds) continue;
    await others();
    begun = performance.now();
  }
}
