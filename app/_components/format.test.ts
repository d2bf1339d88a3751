import { expect, test } from 'vitest';
import { formatSizes, plural } from './format.ts';

test('sizes that are held against each other read differently where they differ', () => {
  const limit = 4 * 1024 ** 3;
  expect(formatSizes(limit + 1, limit)).toEqual(['4,294,967,297 bytes', '4,294,967,296 bytes']);
  expect(formatSizes(5 * 1024 ** 3, limit)).toEqual(['5.0 GiB', '4.0 GiB']);
  expect(formatSizes(limit, limit)).toEqual(['4.0 GiB', '4.0 GiB']);
});

test('large counts can be read', () => {
  expect([plural(1, 'file'), plural(100_000, 'file')]).toEqual(['1 file', '100,000 files']);
});
