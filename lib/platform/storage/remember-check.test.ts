import { expect, it } from 'vitest';
import { remembering } from './remember-check.ts';

it('many who ask at once, and soon after, cause one check; a later one is made anew, whatever came of the first', async () => {
  let clock = 0;
  let checks = 0;
  const failures: unknown[] = [];
  let answer = Promise.withResolvers<undefined>();
  const check = remembering(
    () => {
      checks += 1;
      return answer.promise.then(() => undefined);
    },
    (cause) => failures.push(cause),
    () => clock,
  );
  const asked = Array.from({ length: 100 }, () => check());
  clock = 3_600_000;
  // However long it takes, there is no second one beside it.
  asked.push(check());
  expect(checks).toBe(1);
  answer.resolve(undefined);
  await Promise.all(asked);
  clock += 9_999;
  await check();
  expect(checks).toBe(1);
  clock += 1;
  answer = Promise.withResolvers();
  const down = new Error('down');
  answer.reject(down);
  await expect(check()).rejects.toBe(down);
  clock += 5_000;
  await expect(check()).rejects.toBe(down);
  expect([checks, failures]).toEqual([2, [down]]);
  clock += 5_000;
  answer = Promise.withResolvers();
  answer.resolve(undefined);
  await check();
  expect(checks).toBe(3);
});
