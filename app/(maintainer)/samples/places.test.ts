import { expect, test } from 'vitest';
import { chosenPlace } from './places.ts';

const places = (...values: readonly string[]) => [...values, ''].map((value) => ({ value }));

test('who has one project gets a proposal for it, and is told that it is chosen', () => {
  expect(chosenPlace(places('app/package', 'app'), '')).toEqual({
    value: 'app/package',
    said: 'Your project is chosen already.',
  });
  expect(chosenPlace(places('app/package', 'app'), 'unknown').value).toBe('app/package');
});

test('of several projects none is guessed, and it is said what choosing one gives', () => {
  expect(chosenPlace(places('app/package', 'app', 'tool'), '')).toEqual({
    value: '',
    said: 'Choose one of your projects to have something to propose.',
  });
});

test('what is asked for is chosen: a configuration, or the first of a project', () => {
  const all = places('app/one', 'app/two', 'app', 'tool');
  expect(chosenPlace(all, 'app/two').value).toBe('app/two');
  expect(chosenPlace(all, 'app').value).toBe('app/one');
  expect(chosenPlace(all, 'tool').value).toBe('tool');
});

test('who has no project keeps the sample', () => {
  expect(chosenPlace(places(), '')).toEqual({ value: '', said: '' });
});
