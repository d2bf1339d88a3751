/**
 * fast-check as tests get it (vitest.config.ts puts it in its place). The same values in every run: a change that breaks a
 * property fails at once, and no run fails because of a value that was never drawn before. New values are for
 * `npm run fuzz:properties`: as many for each property as PROPERTY_RUNS says, or as a minute allows.
 */
import * as fastCheck from 'fast-check';
import type { IAsyncProperty, Parameters } from 'fast-check';

const fixedSeed = 20_261_128;
const longRuns = Number(process.env['PROPERTY_RUNS'] ?? 0);
const longMilliseconds = 60_000;

/** Of the property's own kind: a promise where it is asynchronous. */
const assert: typeof fastCheck.assert = (
  property: unknown,
  parameters: Parameters<unknown> = {},
): Promise<void> => {
  const change: Parameters<unknown> =
    longRuns > 0
      ? { numRuns: longRuns, plugins: [fastCheck.interruptAfterTimeLimit(longMilliseconds)] }
      : { seed: fixedSeed };
  return fastCheck.assert(property as IAsyncProperty<unknown>, { ...parameters, ...change });
};

const withFixedSeed = { ...fastCheck, assert };
export * from 'fast-check';
export { assert };
export default withFixedSeed;
