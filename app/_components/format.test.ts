import { expect, test } from 'vitest';
import { formatSizes, formatTimesIn, plural } from './format.ts';

test('sizes that are compared are shown differently if they differ', () => {
  const limit = 4 * 1024 ** 3;
  expect(formatSizes(limit + 1, limit)).toEqual(['4,294,967,297 bytes', '4,294,967,296 bytes']);
  expect(formatSizes(5 * 1024 ** 3, limit)).toEqual(['5.0 GiB', '4.0 GiB']);
  expect(formatSizes(limit, limit)).toEqual(['4.0 GiB', '4.0 GiB']);
});

test('large counts are readable', () => {
  expect([plural(1, 'file'), plural(100_000, 'file')]).toEqual(['1 file', '100,000 files']);
});

test('times in a message are formatted like others, to the second, and nothing else is changed', () => {
  expect(formatTimesIn('holds until 2026-12-05T16:56:00.000Z, list 2026-12')).toBe(
    'holds until 5 Dec 2026, 16:56:00 UTC, list 2026-12',
  );
  expect(formatTimesIn('at 2026-13-40T99:00:00Z')).toBe('at 2026-13-40T99:00:00Z');
});
