import { expect, test } from 'vitest';
import { formatTimesIn, plural } from './format.ts';

test('large counts are readable', () => {
  expect([plural(1, 'file'), plural(100_000, 'file')]).toEqual(['1 file', '100,000 files']);
});

test('times in a message are formatted like others, to the second, and nothing else is changed', () => {
  expect(formatTimesIn('holds until 2026-12-05T16:56:00.000Z, list 2026-12')).toBe(
    'holds until 5 Dec 2026, 16:56:00 UTC, list 2026-12',
  );
  expect(formatTimesIn('at 2026-13-40T99:00:00Z')).toBe('at 2026-13-40T99:00:00Z');
});
