import { expect, test } from 'vitest';
import { formatBytes, formatSizes } from './index.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1 MiB'],
  [256 * 1024 ** 2, '256 MiB'],
  [256 * 1024 ** 2 + 1, '256 MiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test('sizes that are compared are shown differently if they differ', () => {
  const limit = 4 * 1024 ** 3;
  expect(formatSizes(limit + 1, limit)).toEqual(['4,294,967,297 bytes', '4,294,967,296 bytes']);
  expect(formatSizes(5 * 1024 ** 3, limit)).toEqual(['5 GiB', '4 GiB']);
  expect(formatSizes(limit, limit)).toEqual(['4 GiB', '4 GiB']);
});
