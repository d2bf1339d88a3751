import { expect, test } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { openAnswerCache } from './cache.ts';

const answer = { etag: '"1"', sha256: parseSha256Hex('0'.repeat(64)), said: null };

test('answers are kept by number and by size, those that were asked for last', () => {
  const cache = openAnswerCache(3, 100);
  const kept = () => ['a', 'b', 'c', 'd'].filter((key) => cache.get(key) !== undefined);
  for (const key of ['a', 'b', 'c']) cache.set(key, answer, 10);
  cache.get('a');
  cache.set('d', answer, 10);
  expect(kept()).toEqual(['a', 'c', 'd']);
  cache.set('d', answer, 90);
  expect(kept()).toEqual(['c', 'd']);
  cache.set('a', answer, 101);
  expect(kept()).toEqual([]);
});
