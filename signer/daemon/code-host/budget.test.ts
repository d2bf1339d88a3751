import { expect, test } from 'vitest';
import { openBudget } from './budget.ts';

const start = Date.parse('2026-11-30T00:00:00Z');

test('one project may use half of an hour, and each that comes later half of what is left', () => {
  let at = start;
  const budget = openBudget(100, () => new Date(at));
  const spend = (project: string): number => {
    let count = 0;
    for (; budget.wait(project) === null; count += 1) budget.count(project);
    return count;
  };
  expect(spend('busy')).toBe(50);
  expect(budget.wait('busy')).toEqual(new Date(start + 3_600_000));
  expect(spend('second')).toBe(25);
  expect(spend('third')).toBe(13);
  expect(budget.wait('late')).toBeNull();
  at += 3_600_000;
  expect(budget.wait('busy')).toBeNull();
});

test('projects that ask at the same time get the same', () => {
  const budget = openBudget(90, () => new Date(start));
  const spent = new Map(['a', 'b', 'c', 'd', 'e'].map((project) => [project, 0]));
  for (let turn = 0; turn < 90; turn += 1) {
    for (const [project, count] of spent) {
      if (budget.wait(project) !== null) continue;
      budget.count(project);
      spent.set(project, count + 1);
    }
  }
  expect([...spent.values()]).toEqual([15, 15, 15, 15, 15]);
});

test('a clock that goes back begins a new hour', () => {
  let at = start;
  const budget = openBudget(50, () => new Date(at));
  for (let index = 0; index < 25; index += 1) budget.count('one');
  expect(budget.wait('one')).not.toBeNull();
  at -= 60_000;
  expect(budget.wait('one')).toBeNull();
});
