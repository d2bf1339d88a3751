import { expect, test } from 'vitest';
import { openBudget } from './budget.ts';

const start = Date.parse('2026-11-30T00:00:00Z');

test('one project may use half of an hour, then what is left is shared', () => {
  let at = start;
  const budget = openBudget(100, () => new Date(at));
  const spend = (project: string): number => {
    let count = 0;
    for (; budget.wait(project) === null; count += 1) budget.count(project);
    return count;
  };
  budget.count('quiet');
  expect(spend('busy')).toBe(50);
  expect(budget.wait('busy')).toEqual(new Date(start + 3_600_000));
  expect(spend('quiet')).toBe(49);
  expect(budget.wait('third')).not.toBeNull();
  at += 3_600_000;
  expect(budget.wait('busy')).toBeNull();
});

test('a clock that goes back begins a new hour', () => {
  let at = start;
  const budget = openBudget(50, () => new Date(at));
  for (let index = 0; index < 60; index += 1) budget.count('one');
  expect(budget.wait('one')).not.toBeNull();
  at -= 60_000;
  expect(budget.wait('one')).toBeNull();
});
